"""Bob's story: the example of the SPIT framework, section 7, played through two appliances, and told."""
