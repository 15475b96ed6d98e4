"""View models: what each page of the desk says, made from the domains' queries and kept free of HTML."""
