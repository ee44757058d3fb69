"""Selector × unit graph × day → desk, with the path that led there."""
