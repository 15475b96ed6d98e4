"""Django's settings, derived from `config/env.py`; nothing else reads the environment."""

import dj_database_url

from veilleur.config.env import CHECKOUT, environment
from veilleur.config.secrets_store import secret_key
from veilleur.shared.clock import utc_now
from veilleur.shared.running import running_address

ENV = environment()
SECRET_KEY = secret_key(ENV.data_dir)
DEBUG = ENV.debug
ALLOWED_HOSTS = [name for name in ENV.allowed_hosts.split(",") if name]
ROOT_URLCONF = "veilleur.config.urls"
WSGI_APPLICATION = "veilleur.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisations.Person"

INSTALLED_APPS = [
    # First, so that its templates come before those of allauth and of Django's forms.
    "veilleur.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "veilleur.shared",
    "veilleur.domains.journal",
    "veilleur.domains.organisations",
    "veilleur.domains.estate",
    "veilleur.domains.knowledge",
    "veilleur.domains.monitoring",
    "veilleur.domains.backups",
    "veilleur.domains.recovery",
    "django.forms",
    # Last: binds the ports of all domains.
    "veilleur.config.apps.Wiring",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "veilleur.config.api_door.ApiDoorMiddleware",
    "veilleur.config.agent_door.AgentDoorMiddleware",
    "veilleur.config.faults_on_pages.UnreadBodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "veilleur.config.faults_on_pages.OnlySentToMiddleware",
    "veilleur.config.middleware.SessionLimitsMiddleware",
    "veilleur.config.middleware.ViewerMiddleware",
    "veilleur.config.middleware.SignInRequiredMiddleware",
    "veilleur.config.middleware.PermissionMiddleware",
    "veilleur.config.shown_organisation.ShownOrganisationMiddleware",
    "veilleur.domains.organisations.signin.SecondFactorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["veilleur.config.shown_organisation"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "veilleur.config.permissions.allowed",
                "veilleur.desk.context.frame",
                "veilleur.config.faults_on_pages.own_faults",
            ],
        },
    }
]

DATABASES = {"default": dj_database_url.parse(ENV.database, conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "veilleur.shared.sqlite_turn"
    # Said aloud: side by side, the test workers would only guess it of Django's own engine.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
else:
    # Whatever the database's own default is: an action sees what others committed while it waited for them.
    # psycopg's name for the number would load its library, which SQLite does without.
    READ_COMMITTED = 2
    DATABASES["default"].setdefault("OPTIONS", {})["isolation_level"] = READ_COMMITTED
    # A server that was started again has dropped the connections that are kept: each is tried before its use.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "veilleur.domains.organisations.signin.GuessablePasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# What runs may have been started with another port than this command was.
PUBLIC_URL = running_address(ENV.data_dir, utc_now()) or ENV.address
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "veilleur.domains.organisations.signin.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "veilleur.domains.organisations.forms.SignInForm",
    "change_password": "veilleur.domains.organisations.forms.NewPasswordForm",
    "reauthenticate": "veilleur.domains.organisations.forms.ConfirmByPasswordForm",
}
# Before a second factor is changed, and before keys are touched: whoever proved to be there less long ago.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "veilleur.domains.organisations.signin.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# There is no e-mail verification: people are added by invitation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "veilleur.domains.organisations.forms.SecondStepForm",
    "reauthenticate": "veilleur.domains.organisations.forms.ConfirmByCodeForm",
    "activate_totp": "veilleur.domains.organisations.forms.StartCodesForm",
    "login_webauthn": "veilleur.domains.organisations.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "veilleur.domains.organisations.forms.ConfirmByPasskeyForm",
    "add_webauthn": "veilleur.domains.organisations.forms.AddPasskeyForm",
}
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser
# Per address of the caller, and per e-mail address: attempts / time. `signin.py` says how long the wait is.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "ask_for_passkey": "30/m/ip",
    "company_account": "30/m/ip",
}
# In the database, so that the limits hold across processes and restarts; nothing else is kept there.
CACHES = {"default": {"BACKEND": "veilleur.shared.limits_table.LimitsTable", "LOCATION": "veilleur_cache"}}

# Routes below /api/ are not among those of pages: they are loaded by the first request that comes for them.
API_URLCONF = "veilleur.config.api"
# Of one token, and of bad tokens from one address; the limits are about load, see `api_rates.py`.
API_REQUESTS_PER_MINUTE = 300
API_BAD_TOKENS_PER_MINUTE = 30
# Of one agent key: two thousand machines that are switched on within a minute ask no more often.
AGENT_REQUESTS_PER_MINUTE = 6000
AGENT_BAD_KEYS_PER_MINUTE = 60

LANGUAGE_CODE = ENV.language
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [CHECKOUT / "veilleur" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENV.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_dir
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "veilleur.shared.static_files.HashedStaticFiles"},
}
# Without `collectstatic` the files are served from where they lie, under their plain names.
WHITENOISE_USE_FINDERS = True
FORM_RENDERER = "veilleur.desk.forms_renderer.DeskRenderer"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# A browser keeps cookies by host alone: two installations on one host, the demonstration beside the real one,
# would sign each other out under the same names.
SESSION_COOKIE_NAME = f"veilleur_{ENV.port}_session"
CSRF_COOKIE_NAME = f"veilleur_{ENV.port}_csrf"
LANGUAGE_COOKIE_NAME = f"veilleur_{ENV.port}_language"
SESSION_COOKIE_HTTPONLY = True
SESSION_LONGEST_SECONDS = SESSION_COOKIE_AGE = 12 * 3600  # a working day; who is still there signs in again
SESSION_IDLE_SECONDS = 2 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
FILE_UPLOAD_HANDLERS = ["veilleur.config.uploads.TakeOneFile"]
X_FRAME_OPTIONS = "DENY"
# With TLS, the browser keeps to it, and sends no cookie without it.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.tls_certificate is not None
SECURE_HSTS_SECONDS = 30 * 86400 if ENV.tls_certificate else 0
SECURE_REFERRER_POLICY = "same-origin"
