"""A believable company's customers over two years, and one named scenario for every trap."""
