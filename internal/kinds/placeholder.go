package kinds

const none, object, text = "", "e30=", "aGVsZA==" // "", "{}", "held"

// Placeholders are what stands in a Secret of a built-in type whose data is
// held, in base64: the API server takes no Secret of these types without those
// keys. They are the same for everybody and unlock nothing.
func Placeholders(secretType string) map[string]string {
	switch secretType {
	case "kubernetes.io/tls":
		return map[string]string{"tls.crt": none, "tls.key": none}
	case "kubernetes.io/dockerconfigjson":
		return map[string]string{".dockerconfigjson": object}
	case "kubernetes.io/dockercfg":
		return map[string]string{".dockercfg": object}
	case "kubernetes.io/basic-auth":
		return map[string]string{"username": none, "password": none}
	case "kubernetes.io/ssh-auth":
		return map[string]string{"ssh-privatekey": text}
	default:
		return nil
	}
}

// IsPlaceholder says whether a value is one of those. It makes no copy of it.
func IsPlaceholder(value []byte) bool {
	return string(value) == none || string(value) == object || string(value) == text
}
