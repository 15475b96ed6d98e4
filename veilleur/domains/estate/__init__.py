"""The living map: sites, activities, services, assets, data sets and their typed dependencies, kept true by
what machines report and by what people confirm.
"""
