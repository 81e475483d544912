/* SPDX-License-Identifier: Apache-2.0 */
/* Values of variables as users type them. */
#include <bcc/bcc.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/handle.h"
#include "libbcc/table/type_description.h"
#include "variables.h"

/* What is being set. */
struct variable_text {
	struct bcc *b;
	const char *name; /* of the variable */
	const struct bcc_field *field;
};

static int variable_text_wrong(const struct variable_text *to, const char *text, const char *wanted)
{
	return bcc_fail(&to->b->err, -EINVAL, "%s: \"%s\" is not %s", to->name, text, wanted);
}

static int variable_text_too_large(const struct variable_text *to, const char *text)
{
	return bcc_fail(&to->b->err, -ERANGE, "%s: %s does not fit into %u bits (%s)", to->name, text,
		to->field->bit_size, to->field->type);
}

static int variable_text_bool(const struct variable_text *to, const char *text, void *value)
{
	static const char *const yes[] = {"true", "yes", "on", "1", NULL};
	static const char *const no[] = {"false", "no", "off", "0", NULL};

	for (size_t i = 0; yes[i]; i++) {
		if (!strcmp(text, yes[i]) || !strcmp(text, no[i])) {
			*(uint8_t *)value = !strcmp(text, yes[i]);
			return 0;
		}
	}
	return variable_text_wrong(to, text, "true or false");
}

static int variable_text_float(const struct variable_text *to, const char *text, void *value)
{
	char *end;
	double number;
	float single;

	errno = 0;
	number = strtod(text, &end);
	if (end == text || *end)
		return variable_text_wrong(to, text, "a number");
	single = number;
	if (to->field->bit_size == 64)
		memcpy(value, &number, sizeof(number));
	else if (to->field->bit_size == 32)
		memcpy(value, &single, sizeof(single));
	else
		return bcc_fail(&to->b->err, -EOPNOTSUPP, "%s: values of type %s cannot be set", to->name,
			to->field->type);
	return 0;
}

static int variable_text_signed(const struct variable_text *to, const char *text, int64_t *number)
{
	unsigned spare = 64 - to->field->bit_size;
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 0);
	if (end == text || *end)
		return variable_text_wrong(to, text, "a number");
	if (errno || *number != (int64_t)((uint64_t)*number << spare) >> spare)
		return variable_text_too_large(to, text);
	return 0;
}

static int variable_text_unsigned(const struct variable_text *to, const char *text, int64_t *number)
{
	uint64_t value;
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	/* strtoull() takes a sign, and makes a large number of it */
	if (*text == '-')
		return variable_text_wrong(to, text, "a number that is not negative");
	errno = 0;
	value = strtoull(text, &end, 0);
	if (end == text || *end)
		return variable_text_wrong(to, text, "a number");
	if (errno || (to->field->bit_size < 64 && value >> to->field->bit_size))
		return variable_text_too_large(to, text);
	*number = value;
	return 0;
}

static int variable_text_integer(const struct variable_text *to, const char *text, void *value)
{
	size_t bytes = to->field->bit_size / 8;
	int64_t number;
	int ret;

	if (to->field->bit_size % 8 || !bytes || bytes > sizeof(number))
		return bcc_fail(&to->b->err, -EOPNOTSUPP, "%s: values of type %s cannot be set", to->name,
			to->field->type);
	if (to->field->kind == BCC_FIELD_ENUM && bcc_enumerator_find(to->b, to->field, text, &number))
		ret = 0;
	else if (to->field->is_signed)
		ret = variable_text_signed(to, text, &number);
	else
		ret = variable_text_unsigned(to, text, &number);
	if (ret)
		return ret;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy(value, (const char *)&number + sizeof(number) - bytes, bytes);
#else
	memcpy(value, &number, bytes);
#endif
	return 0;
}

static int variable_text_element(const struct variable_text *to, const char *text, void *value)
{
	switch (to->field->kind) {
	case BCC_FIELD_BOOL:
		return variable_text_bool(to, text, value);
	case BCC_FIELD_FLOAT:
		return variable_text_float(to, text, value);
	case BCC_FIELD_STRUCT:
	case BCC_FIELD_UNION:
		return bcc_fail(&to->b->err, -EOPNOTSUPP, "%s is a %s, whose value cannot be given as a text",
			to->name, to->field->type);
	default:
		return variable_text_integer(to, text, value);
	}
}

static int variable_text_elements(const struct variable_text *to, const char *text, char *value, size_t bytes)
{
	size_t step = to->field->bit_size / 8;
	bcc_auto_free char *copy = strdup(text);
	char *at = copy, *element;
	int ret = copy ? 0 : bcc_fail(&to->b->err, -ENOMEM, "out of memory");

	while (!ret && (element = strsep(&at, ","))) {
		if (!step || bytes < step)
			return bcc_fail(&to->b->err, -ERANGE, "%s has only %u elements", to->name,
				to->field->array_elements);
		ret = variable_text_element(to, element, value);
		value += step;
		bytes -= step;
	}
	return ret;
}

int bcc_variable_set_text(struct bcc_variable *v, const char *text)
{
	struct bcc_variable_info info = {.size = sizeof(info)};
	struct variable_text to = {.b = bcc_variable_owner(v)};
	bcc_auto_free char *value = NULL;
	int ret = bcc_variable_fields(v, &to.field);

	if (ret < 0)
		return ret;
	bcc_variable_info(v, &info);
	to.name = info.name;
	if (!text)
		return bcc_fail(&to.b->err, -EINVAL, "%s: the value is missing", to.name);
	/* the one of a scalar or array has no name */
	if (ret != 1 || *to.field->name)
		return bcc_fail(&to.b->err, -EOPNOTSUPP,
			"%s is a struct or union, whose value cannot be given as a text", to.name);
	value = calloc(1, info.bytes ? info.bytes : 1);
	if (!value)
		return bcc_fail(&to.b->err, -ENOMEM, "out of memory");
	if (to.field->is_char && to.field->is_array) {
		/* the NUL at the end is what tells programs where it ends */
		if (strlen(text) >= info.bytes)
			return bcc_fail(&to.b->err, -ERANGE, "%s: \"%s\" is longer than %zu characters",
				to.name, text, info.bytes ? info.bytes - 1 : 0);
		strcpy(value, text);
		ret = 0;
	} else if (to.field->is_array) {
		ret = variable_text_elements(&to, text, value, info.bytes);
	} else {
		ret = info.bytes * 8 < to.field->bit_size ? -EINVAL : variable_text_element(&to, text, value);
	}
	return ret ? ret : bcc_variable_set(v, value, info.bytes);
}
