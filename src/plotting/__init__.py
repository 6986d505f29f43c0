"""What figures share: contract, layout, style, scales, colours, words and panels."""
