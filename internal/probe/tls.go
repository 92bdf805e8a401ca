package probe

// TLS says what a connection by TLS must be like. The zero value wants a
// certificate that the system trusts, for the target's name.
type TLS struct {
	// CA are the certificates, in PEM, of the authorities to trust instead of
	// the system's.
	CA string `yaml:"ca"`
	// Certificate and Key, in PEM, are what the client shows of itself.
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// Name is the name the certificate must be for. Empty: the target's host.
	Name string `yaml:"name"`
	// MinVersion is the oldest version to accept: "1.2" or "1.3". Empty: 1.2.
	MinVersion string `yaml:"min_version"`
	// MinDays is for how many days every certificate of the chain must stay
	// valid. 0: today is enough.
	MinDays int `yaml:"min_days"`
}
