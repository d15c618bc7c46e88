// What the page of arrays adds to its links and fields.
