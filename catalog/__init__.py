"""What can be built: the product model, its rule language, prices, parts, files and published versions."""
