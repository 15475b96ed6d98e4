"""Pages across domains: home, set-up, object pages, navigation and the page's building pieces."""
