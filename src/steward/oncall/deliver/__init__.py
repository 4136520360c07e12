"""Ways to tell somebody, one folder each, all of the same shape: a notification in, a verdict out."""
