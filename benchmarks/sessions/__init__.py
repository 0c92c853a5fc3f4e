"""How many reruns of pages a second one dashboard gives, and the memory it takes, by sessions."""
