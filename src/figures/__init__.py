"""Floor 4: table -> Figure. Pure functions of the tidy tables; nothing here measures or stores anything."""
