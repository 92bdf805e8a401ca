package journal

import "errors"

// errLocked is the error of a second writer.
var errLocked = errors.New("another process writes this journal: end it, or give each its own file")
