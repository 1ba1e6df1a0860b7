package translate

import corev1 "k8s.io/api/core/v1"

// Placeholders are what stands in a Secret of a built-in type whose data is
// held, in base64: the API server takes no Secret of these types without those
// keys. They are the same for everybody and unlock nothing.
func Placeholders(secretType string) map[string]string {
	const none, object, text = "", "e30=", "aGVsZA==" // "", "{}", "held"
	switch corev1.SecretType(secretType) {
	case corev1.SecretTypeTLS:
		return map[string]string{corev1.TLSCertKey: none, corev1.TLSPrivateKeyKey: none}
	case corev1.SecretTypeDockerConfigJson:
		return map[string]string{corev1.DockerConfigJsonKey: object}
	case corev1.SecretTypeDockercfg:
		return map[string]string{corev1.DockerConfigKey: object}
	case corev1.SecretTypeBasicAuth:
		return map[string]string{corev1.BasicAuthUsernameKey: none, corev1.BasicAuthPasswordKey: none}
	case corev1.SecretTypeSSHAuth:
		return map[string]string{corev1.SSHAuthPrivateKey: text}
	default:
		return nil
	}
}
