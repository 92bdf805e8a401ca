package exporter

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
)

// TokenHeader is where the token can stand instead of in Authorization, which
// is taken where the web configuration asks for a user and a password.
const TokenHeader = "X-Cutover-Token"

// maxToken is how long a token can be, in bytes.
const maxToken = 4 << 10

// ReadToken reads a token's file, without the white space around it. The error
// names the file and nothing that is in it.
func ReadToken(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the token's file: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	token, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return nil, fmt.Errorf("the token's file %s: %w", file, path.Err)
	case err != nil:
		return nil, fmt.Errorf("the token's file %s: %w", file, err)
	case len(token) > maxToken:
		return nil, fmt.Errorf("the token's file %s: longer than %d bytes", file, maxToken)
	}
	if token = bytes.TrimSpace(token); len(token) == 0 {
		return nil, fmt.Errorf("the token's file %s: empty", file)
	}
	return token, nil
}

// knows says whether a request has the token. It takes the same time whatever
// it has instead.
func knows(r *http.Request, token []byte) bool {
	given := r.Header.Get(TokenHeader)
	if scheme, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		given = strings.TrimSpace(rest)
	}
	want, got := sha256.Sum256(token), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}
