"""Find out how a vision network encodes human concepts (Net2Vec, Fong & Vedaldi 2018)."""

__version__ = "0.1.0"
