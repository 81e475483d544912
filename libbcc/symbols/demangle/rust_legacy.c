/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of Rust: the legacy mangling, which looks like C++'s and ends in a hash, and the v0 mangling. Hashes
 * and disambiguators are left out, as people do when they talk about a function.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demangle.h"
#include "rust_name.h"

/* ---- the legacy mangling ---- */

static bool legacy_escape(struct bcc_rust_name *d, const char **at, const char *end)
{
	static const char *const escapes[] = {
		"$SP$@", "$BP$*", "$RF$&", "$LT$<", "$GT$>", "$LP$(", "$RP$)", "$C$,", NULL};
	char *stop;

	for (const char *const *escape = escapes; *escape; escape++) {
		size_t length = strlen(*escape) - 1;

		if ((size_t)(end - *at) >= length && !strncmp(*at, *escape, length)) {
			bcc_rust_put(d, *escape + length, 1);
			*at += length;
			return true;
		}
	}
	if (end - *at > 3 && (*at)[1] == 'u' && isxdigit((unsigned char)(*at)[2])) {
		bcc_rust_put_utf8(d, strtoul(*at + 2, &stop, 16));
		*at = stop + 1;
		return *stop == '$' && stop < end && !d->bad;
	}
	return false;
}

static bool legacy_identifier(struct bcc_rust_name *d, const char *at, const char *end)
{
	if (end - at > 1 && at[0] == '_' && at[1] == '$')
		at++;
	while (at < end) {
		if (at[0] == '.' && end - at > 1 && at[1] == '.') {
			bcc_rust_puts(d, "::");
			at += 2;
		} else if (*at == '$') {
			if (!legacy_escape(d, &at, end))
				return false;
		} else {
			bcc_rust_put(d, at++, 1);
		}
	}
	return !d->bad;
}

static bool is_hash(const char *at, size_t length)
{
	return length == 17 && at[0] == 'h' && strspn(at + 1, "0123456789abcdef") >= 16;
}

/* "ZN" ("LENGTH" "IDENTIFIER")... "17hHASH" "E" */
static bool rust_legacy_legacy(struct bcc_rust_name *d)
{
	const char *at = d->name, *end = d->name + d->length;

	for (bool first = true;; first = false) {
		char *identifier;
		unsigned long length;

		if (!isdigit((unsigned char)*at))
			return false;
		length = strtoul(at, &identifier, 10);
		if (length > (size_t)(end - identifier))
			return false;
		at = identifier + length;
		if (is_hash(identifier, length) && *at == 'E')
			return !first && (!at[1] || at[1] == '.');
		if (!first)
			bcc_rust_puts(d, "::");
		if (!legacy_identifier(d, identifier, at))
			return false;
	}
}

char *bcc_rust_demangle(const char *name)
{
	struct bcc_rust_name d = {.length = strlen(name)};
	bool is_legacy = !strncmp(name, "_ZN", 3);

	if ((!is_legacy && strncmp(name, "_R", 2)) || d.length > BCC_RUST_MAX_LENGTH)
		return NULL;
	/* most names with _ZN are C++'s, for which this check is cheap */
	if (is_legacy && !strstr(name, "17h"))
		return NULL;
	d.name = name + (is_legacy ? 3 : 2);
	d.length -= is_legacy ? 3 : 2;
	d.out = malloc(BCC_RUST_MAX_LENGTH + 1);
	if (!d.out || !(is_legacy ? rust_legacy_legacy(&d) : bcc_rust_v0(&d)) || d.bad || !d.used) {
		free(d.out);
		return NULL;
	}
	d.out[d.used] = '\0';
	name = strdup(d.out);
	free(d.out);
	return (char *)name;
}
