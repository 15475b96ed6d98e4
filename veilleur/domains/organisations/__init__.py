"""People and organisations. An organisation is the tenant; its members, their roles and side, mandates to
providers, teams and the on-call rota say who may do and see what.
"""
