// Package store keeps what the sample service knows: what it sells and has
// sold, who its users are and who of them is logged in. [Memory] keeps all of
// it in the program; [Postgres] keeps everything but the sessions, which
// [Redis] keeps.
//
// All of it is bounded: of items, orders and users the oldest go first once
// there are a thousand, sessions end with their time, and users that a smoke
// test left behind go ten minutes after they came.
package store

import (
	"context"
	"errors"
	"strings"
	"time"
)

const (
	maxStored = 1000 // items, orders, users and sessions each
	fixtures  = 3    // items that are there from the beginning and never go

	// smokePrefix begins the names that smoke tests give, and staleAfter is
	// when nobody needs them any more.
	smokePrefix = "cutover-smoke-"
	staleAfter  = 10 * time.Minute
)

// The errors of a store that is well.
var (
	ErrNotFound = errors.New("store: there is no such thing")
	ErrTaken    = errors.New("store: the name or the address is taken")
)

// Item is something for sale.
type Item struct {
	ID    int     `json:"id"`
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

// Order is a sale.
type Order struct {
	ID       int     `json:"id"`
	ItemID   int     `json:"item_id"`
	Quantity int     `json:"quantity"`
	Total    float64 `json:"total"`
}

// User is somebody with an account.
type User struct {
	ID       int    `json:"id"`
	Name     string `json:"username"`
	Email    string `json:"email"`
	Password string `json:"-"` // its hash
}

// Store keeps items, orders and users. Versions of a service that run side by
// side share one, as they share a database.
type Store interface {
	// Items and Orders list the newest first, at most limit.
	Items(ctx context.Context, limit int) ([]Item, error)
	Orders(ctx context.Context, limit int) ([]Order, error)

	// AddItem adds an item under a new ID, which it returns with it.
	AddItem(ctx context.Context, i Item) (Item, error)
	// Item, ReplaceItem and DeleteItem fail with ErrNotFound.
	Item(ctx context.Context, id int) (Item, error)
	ReplaceItem(ctx context.Context, i Item) error
	DeleteItem(ctx context.Context, id int) error

	// AddOrder orders quantity of an item. It fails with ErrNotFound.
	AddOrder(ctx context.Context, itemID, quantity int) (Order, error)

	// AddUser adds a user under a new ID. It fails with ErrTaken.
	AddUser(ctx context.Context, u User) (User, error)
	// UserByName, UserByID and DeleteUser fail with ErrNotFound.
	UserByName(ctx context.Context, name string) (User, error)
	UserByID(ctx context.Context, id int) (User, error)
	DeleteUser(ctx context.Context, id int) error
}

// Sessions keep who is logged in, by the hash of the token that shows it.
type Sessions interface {
	// Begin keeps a session for a time.
	Begin(ctx context.Context, hash string, userID int, lasts time.Duration) error
	// User is the ID of the session's user. It fails with ErrNotFound.
	User(ctx context.Context, hash string) (userID int, err error)
}

// firstItems are the fixtures, of the IDs 1 to 3.
func firstItems() []Item {
	return []Item{{1, "Lamp", 39.5}, {2, "Chair", 120}, {3, "Table", 310}}
}

// leftover says whether a user is one of a smoke test.
func leftover(u User) bool { return strings.HasPrefix(u.Name, smokePrefix) }
