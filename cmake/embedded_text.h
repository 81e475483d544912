/* SPDX-License-Identifier: Apache-2.0 */
/* What cmake/EmbedText.cmake writes: text files inside a library or program. */
#ifndef CMAKE_EMBEDDED_TEXT_H
#define CMAKE_EMBEDDED_TEXT_H

struct bcc_text {
	const char *name;
	const char *text;
};

#endif
