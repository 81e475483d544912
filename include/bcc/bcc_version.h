/* SPDX-License-Identifier: Apache-2.0 */
/* The version of BCC whose functions these are, for programs that ask at compile time; bcc_version() has this
 * library's. */
#ifndef LIBBCC_VERSION_H
#define LIBBCC_VERSION_H

#define LIBBCC_VERSION "0.26.0"
#define LIBBCC_MAJOR_VERSION 0
#define LIBBCC_MINOR_VERSION 26
#define LIBBCC_PATCH_VERSION 0

#define __LIBBCC_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#define LIBBCC_VERSION_CODE __LIBBCC_VERSION(LIBBCC_MAJOR_VERSION, LIBBCC_MINOR_VERSION, LIBBCC_PATCH_VERSION)
#define LIBBCC_VERSION_GEQ(a, b, c) (LIBBCC_VERSION_CODE >= __LIBBCC_VERSION(a, b, c))

#endif
