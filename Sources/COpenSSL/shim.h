// Re-exports OpenSSL 3: TLS, certificates, keys; and what it says in macros, which Swift cannot call.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/cms.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline long atoll_set_protocol_range(SSL_CTX *context, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(context, lowest) && SSL_CTX_set_max_proto_version(context, highest);
}
static inline void atoll_set_mode(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
static inline void atoll_disable_resumption(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}
static inline long atoll_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(context, certificate);
}
/// Without a chain of its own, a context would look for one in its store of trusted certificates and send that.
static inline void atoll_send_no_other_chain(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
}

static inline int atoll_certificates_count(const STACK_OF(X509) *certificates) {
    return certificates ? sk_X509_num(certificates) : 0;
}
static inline X509 *atoll_certificates_at(const STACK_OF(X509) *certificates, int index) {
    return sk_X509_value(certificates, index);
}
static inline STACK_OF(X509) *atoll_certificates_new(void) { return sk_X509_new_null(); }
static inline int atoll_certificates_push(STACK_OF(X509) *certificates, X509 *certificate) {
    return sk_X509_push(certificates, certificate);
}
/// Frees the list, not the certificates.
static inline void atoll_certificates_free(STACK_OF(X509) *certificates) { sk_X509_free(certificates); }

static inline int atoll_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
/// The URI at a place of a list of names; null if it is a name of another kind.
static inline const ASN1_STRING *atoll_names_uri(const GENERAL_NAMES *names, int index) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    return name->type == GEN_URI ? name->d.uniformResourceIdentifier : NULL;
}

static inline void atoll_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void atoll_bio_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void atoll_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline long atoll_bio_bytes(BIO *bio, const unsigned char **bytes) { return BIO_get_mem_data(bio, bytes); }

/// Has the next key agreement of a message's recipient use SHA-256; OpenSSL's own choice is SHA-1.
static inline int atoll_agree_with_sha256(CMS_RecipientInfo *recipient) {
    EVP_PKEY_CTX *context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
    return context ? EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) : 0;
}

static inline EVP_PKEY *atoll_make_p256_key(void) { return EVP_EC_gen("P-256"); }

/// What an alert from the peer adds to its number in an error's reason.
enum { ATOLL_ALERT_REASON_OFFSET = SSL_AD_REASON_OFFSET };
