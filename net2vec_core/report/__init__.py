"""The page that shows a run: one HTML file, made from its tables and stores."""
