/* SPDX-License-Identifier: Apache-2.0 */
/* What cmake/EmbedText.cmake writes: text files inside a library or program. */
#ifndef BCC_EMBEDDED_TEXT_H
#define BCC_EMBEDDED_TEXT_H

struct bcc_text {
	const char *name;
	const char *text;
};

#endif
