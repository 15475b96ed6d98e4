"""The demonstration: one believable company, played through the product's own actions from dated facts."""
