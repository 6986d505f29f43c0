"""The stage that writes the report: one page, a LaTeX table and a Markdown table, from the stored tables alone."""
