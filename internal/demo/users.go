package demo

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/cutover-dev/cutover/internal/demo/store"
)

const (
	// sessionTime is how long a token is good for.
	sessionTime = 30 * time.Minute
	// maxPassword is all that bcrypt looks at, in bytes.
	maxPassword = 72
)

var (
	userName = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)
	address  = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

func (s *Service) postRegister(w http.ResponseWriter, r *http.Request) {
	var body struct{ Username, Email, Password *string }
	if !readBody(w, r, &body) {
		return
	}
	var found faults
	found.text("username", body.Username, 3, 64)
	found.body("username", body.Username != nil && !userName.MatchString(*body.Username), "string_pattern_mismatch",
		"Must consist of letters, digits, dots, dashes and underscores")
	found.text("email", body.Email, 3, 200)
	found.body("email", body.Email != nil && !address.MatchString(*body.Email), "value_error", "Must be an address: name@host")
	found.text("password", body.Password, 8, maxPassword)
	if found.answered(w) {
		return
	}
	hash, err := s.hash(*body.Password)
	if err != nil {
		s.failed(w, err)
		return
	}
	u, err := s.store.AddUser(r.Context(), store.User{Name: *body.Username, Email: *body.Email, Password: hash})
	switch {
	case errors.Is(err, store.ErrTaken):
		detail(w, http.StatusConflict, "Username or email already registered")
	case err != nil:
		s.failed(w, err)
	default:
		answer(w, http.StatusCreated, u)
	}
}

// postLogin takes a form, as OAuth 2 wants it, and gives a bearer token.
func (s *Service) postLogin(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if err := r.ParseForm(); err != nil {
		detail(w, http.StatusBadRequest, "There was an error parsing the body")
		return
	}
	name, password := r.PostForm.Get("username"), r.PostForm.Get("password")
	var found faults
	found.body("username", name == "", "missing", "Field required")
	found.body("password", password == "", "missing", "Field required")
	if found.answered(w) {
		return
	}
	u, err := s.store.UserByName(r.Context(), name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.failed(w, err)
		return
	}
	if !s.right(u.Password, password) {
		unauthorized(w, "Incorrect username or password")
		return
	}
	token := rand.Text()
	if err := s.sessions.Begin(r.Context(), fingerprint(token), u.ID, sessionTime); err != nil {
		s.failed(w, err)
		return
	}
	answer(w, http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
	}{token, "bearer"})
}

func (s *Service) getMe(w http.ResponseWriter, r *http.Request) {
	if u, ok := s.whoAsks(w, r); ok {
		answer(w, http.StatusOK, u)
	}
}

func (s *Service) deleteMe(w http.ResponseWriter, r *http.Request) {
	u, ok := s.whoAsks(w, r)
	if !ok {
		return
	}
	switch err := s.store.DeleteUser(r.Context(), u.ID); {
	case errors.Is(err, store.ErrNotFound): // somebody was quicker
		unauthorized(w, "Could not validate credentials")
	case err != nil:
		s.failed(w, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// whoAsks is the user whose token a request carries, or an answer that there
// is none.
func (s *Service) whoAsks(w http.ResponseWriter, r *http.Request) (store.User, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || token == "" {
		unauthorized(w, "Not authenticated")
		return store.User{}, false
	}
	id, err := s.sessions.User(r.Context(), fingerprint(token))
	var u store.User
	if err == nil {
		u, err = s.store.UserByID(r.Context(), id)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		unauthorized(w, "Could not validate credentials")
	case err != nil:
		s.failed(w, err)
	}
	return u, err == nil
}

func unauthorized(w http.ResponseWriter, why string) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	detail(w, http.StatusUnauthorized, why)
}

// hash is what is kept of a password.
func (s *Service) hash(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), cmp.Or(s.options.PasswordCost, bcrypt.DefaultCost))
	return string(hash), err
}

// right says whether a password is the one that was hashed. Without a hash it
// takes as long to say no, so that the time does not tell who has an account.
func (s *Service) right(hash, password string) bool {
	if hash == "" {
		_, _ = s.hash(password[:min(len(password), maxPassword)])
		return false
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}

// fingerprint is what is kept of a token: who reads the sessions can't use them.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
