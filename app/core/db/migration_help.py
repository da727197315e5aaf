"""Help texts of `tingqi db`, which Flask-Migrate defines, for the catalogue."""

from app.core.errors import N_

MIGRATION_HELP = (
    N_("'stamp' the revision table with the given revision; don't run any\nmigrations"),
    N_("Additional arguments consumed by custom env.py scripts"),
    N_('Allow a non-head revision as the "head" to splice onto'),
    N_('Arbitrary "tag" name - can be used by custom env.py scripts'),
    N_("Autogenerate a new revision file (Alias for\n'revision --autogenerate')"),
    N_("Check if there are any new operations to migrate"),
    N_("Create a new revision file."),
    N_("Creates a new migration repository."),
    N_("Delete the version in the alembic_version table before stamping"),
    N_("Display the current revision for each database."),
    N_("Don't emit SQL to database - dump to standard output instead"),
    N_("Edit a revision file"),
    N_("Indicate current version (Alembic 0.9.9 or greater is required)"),
    N_("List available templates."),
    N_("List changeset scripts in chronological order."),
    N_("Merge revision message"),
    N_("Merge two revisions together, creating a new revision file"),
    N_('Migration script directory (default is "migrations")'),
    N_("Perform database migrations."),
    N_(
        "Populate revision script with candidate migration operations, based on comparison of "
        "database to model"
    ),
    N_('Repository template to use (default is "flask")'),
    N_("Revert to a previous version"),
    N_("Revision message"),
    N_("Show current available heads in the script directory"),
    N_("Show current branch points"),
    N_("Show the revision denoted by the given symbol."),
    N_("Specify a branch label to apply to the new revision"),
    N_("Specify a hardcoded revision id instead of generating one"),
    N_("Specify a revision range; format is [start]:[end]"),
    N_("Specify head revision or <branchname>@head to base new revision on"),
    N_("Specify specific path from config for version file"),
    N_("Support multiple databases"),
    N_("Treat dependency versions as down revisions"),
    N_("Upgrade to a later version"),
    N_("Use more verbose output"),
    N_("Write empty __init__.py files to the environment and version locations"),
)
