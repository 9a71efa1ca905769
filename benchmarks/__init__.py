"""Measurements of the stages that net2vec exists for, each against a plain baseline in the same run."""
