// SPDX-License-Identifier: MIT
/*
 * Multiboot2 boot information.
 */
#include "boot/multiboot2.h"

#include "boot/framebuffer.h"
#include "lib/string.h"

struct tag {
	uint32_t type;
	uint32_t bytes; /* Of all of it; the next is at a multiple of 8. */
};

#define TAG_ALIGN 8

enum tag_type {
	TAG_END = 0,
	TAG_CMDLINE = 1,
	TAG_MODULE = 3,
	TAG_MEMORY_MAP = 6,
	TAG_FRAMEBUFFER = 8,
	TAG_RSDP_1 = 14,
	TAG_RSDP_2 = 15
};

struct tag_module {
	struct tag tag;
	uint32_t start;
	uint32_t end;
};

struct tag_memory_map {
	struct tag tag;
	uint32_t entry_bytes;
	uint32_t entry_version;
};

struct memory_map_entry {
	uint64_t start;
	uint64_t bytes;
	uint32_t type; /* As E820 has it. */
	uint32_t zero;
};

struct channel {
	uint8_t position; /* Of its lowest bit. */
	uint8_t bits;
};

struct tag_framebuffer {
	struct tag tag;
	uint64_t start;
	uint32_t pitch;
	uint32_t width;
	uint32_t height;
	uint8_t pixel_bits;
	uint8_t type;
	uint16_t zero;
	struct channel red; /* From here on only of FRAMEBUFFER_RGB. */
	struct channel green;
	struct channel blue;
};

#define FRAMEBUFFER_RGB	      1
#define FRAMEBUFFER_BYTES_MIN offsetof(struct tag_framebuffer, red)
#define FRAMEBUFFER_BYTES_RGB \
	(FRAMEBUFFER_BYTES_MIN + 3 * sizeof(struct channel))
#define RSDP_1_BYTES 20

/* What is taken, and whereto. */
struct taker {
	struct bootinfo *boot;
	struct multiboot2_rest *rest;
	unsigned int maps;
};

static const char map_is_full[] = "the memory map does not fit";

static const char *take_cmdline(const struct tag *tag, struct taker *taker)
{
	const char *text = (const char *)(tag + 1);
	size_t max = tag->bytes - sizeof(*tag);
	size_t length = strnlen(text, max);
	char *to = taker->boot->cmdline;
	size_t at = 0;

	if (length == max) {
		return "the command line has no end";
	}
	for (size_t i = 0; i < length; i++) {
		if (at == CMDLINE_MAX - 1) {
			taker->boot->cmdline_cut = true;
			break;
		}
		/* The text ends with NUL, so there is one more. */
		if (text[i] == '\\' && text[i + 1] != '\0' &&
		    strchr("\\'\"", text[i + 1]) != NULL) {
			i++;
		}
		to[at++] = text[i];
	}
	to[at] = '\0';
	return NULL;
}

/* The first one; a loader of this kernel has no reason to give more. */
static const char *take_module(const struct tag *tag, struct taker *taker)
{
	const struct tag_module *module = (const struct tag_module *)tag;

	if (module->end < module->start) {
		return "a module ends before it begins";
	}
	if (taker->rest->modules++ == 0) {
		taker->boot->module.start = paddr(module->start);
		taker->boot->module.bytes = module->end - module->start;
	}
	return NULL;
}

/* GRUB makes it from UEFI's map if there is that, with everything reserved
 * that the firmware keeps. */
static const char *take_memory_map(const struct tag *tag, struct taker *taker)
{
	const struct tag_memory_map *map = (const struct tag_memory_map *)tag;
	const uint8_t *entries = (const uint8_t *)(map + 1);
	uint64_t bytes = tag->bytes - sizeof(*map);

	if (map->entry_bytes < sizeof(struct memory_map_entry) ||
	    map->entry_bytes % TAG_ALIGN != 0 ||
	    bytes % map->entry_bytes != 0) {
		return "the memory map has entries of an odd size";
	}
	for (uint64_t at = 0; at < bytes; at += map->entry_bytes) {
		const struct memory_map_entry *entry =
			(const struct memory_map_entry *)(entries + at);

		if (memory_map_add(&taker->boot->map, paddr(entry->start),
				   entry->bytes,
				   memory_kind_of_e820(entry->type)) != OK) {
			return map_is_full;
		}
	}
	taker->maps++;
	return NULL;
}

static bool channel_is(struct channel channel, uint8_t position)
{
	return channel.position == position && channel.bits == 8;
}

static const char *take_framebuffer(const struct tag *tag, struct taker *taker)
{
	const struct tag_framebuffer *buffer =
		(const struct tag_framebuffer *)tag;
	struct boot_framebuffer found;
	enum err err;

	if (buffer->type != FRAMEBUFFER_RGB) {
		return NULL;
	}
	if (tag->bytes < FRAMEBUFFER_BYTES_RGB) {
		return "the framebuffer has no colours";
	}
	if (buffer->pixel_bits != 32 || !channel_is(buffer->red, 16) ||
	    !channel_is(buffer->green, 8) || !channel_is(buffer->blue, 0)) {
		return NULL;
	}
	found = (struct boot_framebuffer){
		.start = paddr(buffer->start),
		.bytes = (uint64_t)buffer->pitch * buffer->height,
		.width = buffer->width,
		.height = buffer->height,
		.pitch = buffer->pitch,
	};
	err = framebuffer_take(taker->boot, &found);
	if (err == ERR_RANGE) {
		return "the framebuffer has sizes that cannot be";
	}
	return err == OK ? NULL : map_is_full;
}

/* Of the two versions that a machine may have the longer one knows more. */
static const char *take_rsdp(const struct tag *tag, struct taker *taker)
{
	size_t bytes =
		min_u64(tag->bytes - sizeof(*tag), sizeof(taker->rest->rsdp));

	if (bytes > taker->rest->rsdp_bytes) {
		memcpy(taker->rest->rsdp, tag + 1, bytes);
		taker->rest->rsdp_bytes = (uint32_t)bytes;
	}
	return NULL;
}

static const char *take(const struct tag *tag, struct taker *taker)
{
	static const struct {
		enum tag_type type;
		uint32_t bytes_min;
		const char *(*take)(const struct tag *, struct taker *);
	} takes[] = {
		{ TAG_CMDLINE, sizeof(struct tag), take_cmdline },
		{ TAG_MODULE, sizeof(struct tag_module), take_module },
		{ TAG_MEMORY_MAP, sizeof(struct tag_memory_map),
		  take_memory_map },
		{ TAG_FRAMEBUFFER, FRAMEBUFFER_BYTES_MIN, take_framebuffer },
		{ TAG_RSDP_1, sizeof(struct tag) + RSDP_1_BYTES, take_rsdp },
		{ TAG_RSDP_2, sizeof(struct tag) + RSDP_1_BYTES, take_rsdp },
	};

	for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
		if (takes[i].type == tag->type) {
			return tag->bytes < takes[i].bytes_min
				       ? "a tag is too short for its type"
				       : takes[i].take(tag, taker);
		}
	}
	return NULL;
}

const char *multiboot2_parse(const void *info, uint64_t bytes,
			     struct bootinfo *boot,
			     struct multiboot2_rest *rest)
{
	struct taker taker = { .boot = boot, .rest = rest };
	uint64_t end;
	uint64_t at = MULTIBOOT2_HEAD_BYTES;

	if (!is_aligned((uintptr_t)info, TAG_ALIGN)) {
		return "it is not aligned";
	}
	if (bytes < MULTIBOOT2_HEAD_BYTES) {
		return "it has no size";
	}
	end = *(const uint32_t *)info;
	if (end > bytes) {
		return "it is longer than what can be read";
	}
	/* MB-1: of each tag first the head, then the rest is there. */
	while (at <= end && end - at >= sizeof(struct tag)) {
		const struct tag *tag =
			(const struct tag *)((const uint8_t *)info + at);
		const char *wrong;

		if (tag->bytes < sizeof(*tag)) {
			return "a tag is shorter than its head";
		}
		if (tag->bytes > end - at) {
			return "a tag is longer than what is left";
		}
		if (tag->type == TAG_END) {
			return taker.maps == 0 ? "there is no memory map"
					       : NULL;
		}
		wrong = take(tag, &taker);
		if (wrong != NULL) {
			return wrong;
		}
		at += align_up(tag->bytes, TAG_ALIGN);
	}
	return "the last tag is missing";
}
