"""Figures of finished results, drawn from tables and stores alone."""
