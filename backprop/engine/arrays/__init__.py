"""The language of arrays: its words as rows, its grammar, and programs of named lines.

    text  →  grammar  →  statements  →  builder  →  Program, a Graph whose nodes are arrays

Read rows.py first (what a word is), then grammar.py, builder.py and macros.py.
"""
