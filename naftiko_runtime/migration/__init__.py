"""One generation of the language → another, in the text itself: comments, order and quotes stay the author's."""
