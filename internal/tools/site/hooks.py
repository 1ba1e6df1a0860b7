"""What the site needs besides MkDocs: folders in the navigation, and links out of docs/."""

import os
import re

LINK = re.compile(r"\]\(([^):#\s]*)(#[^)\s]*)?\)")
REPOSITORY = "https://github.com/domicile-dev/domicile/tree/main/"


def pages_of(folder, docs):
    return [folder + name for name in sorted(os.listdir(os.path.join(docs, folder))) if name.endswith(".md")]


def on_config(config):
    """A folder in the navigation stands for all pages in it."""
    for part in config["nav"]:
        for pages in part.values() if isinstance(part, dict) else []:
            for page in pages:
                for title, value in page.items() if isinstance(page, dict) else []:
                    if value.endswith("/"):
                        page[title] = pages_of(value, config["docs_dir"])
    return config


def on_page_markdown(markdown, page, config, files):
    """What is no page of the site is linked to the repository, where it must exist."""
    here, docs = os.path.dirname(page.file.src_uri), config["docs_dir"]
    if page.file.src_uri == "reference/api.md":
        markdown = markdown.replace("]([", "]\\([")  # regular expressions, and no links

    def resolve(match):
        link, anchor = match.group(1), match.group(2) or ""
        target = os.path.normpath(os.path.join(here, link))
        if not link or files.get_file_from_path(target):
            return match.group(0)
        if not target.startswith("..") and os.path.isdir(os.path.join(docs, target)):
            return f"]({os.path.relpath(pages_of(target + '/', docs)[0], here or '.')})"
        if not os.path.exists(os.path.join(docs, target)):
            return match.group(0)  # MkDocs says that it leads nowhere, and ends
        return f"]({REPOSITORY}{os.path.normpath(os.path.join('docs', target))}{anchor})"

    return LINK.sub(resolve, markdown)
