# SPDX-License-Identifier: MIT
#
# The only build file. `make help` lists the targets and variables.

BUILD := build
CC := gcc
NASM := nasm

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)')

# What is built depends on the sources alone: not on the language, the time, or the name
# of the folder, of which gcc takes the one that the shell was called with.
export LC_ALL := C
export SOURCE_DATE_EPOCH ?= 315532800
export PWD := $(CURDIR)

MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
.SUFFIXES:
.DELETE_ON_ERROR:
# Only what pattern rules make on the way: a bare .SECONDARY would have make not
# notice that a header is gone.
.SECONDARY: $(foreach n,0 1,$(BUILD)/symbols$(n).asm $(BUILD)/symbols$(n).o) \
	$(patsubst %,$(BUILD)/obj/tests/empty/%.asm.o,pvh pv)
# "make clean all" means one after the other.
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# ---- Sources -------------------------------------------------------------

# From the bottom up; the order of the folders is the order of the tests.
folders := lib arch/x86 xen mm kernel boot
sources := $(filter-out %/asm-offsets.c,$(wildcard $(addsuffix /*.c,$(folders))))
asm_sources := $(wildcard $(addsuffix /*.asm,$(folders)))
offset_folders := arch/x86 xen boot tests/empty
offsets := $(offset_folders:%=$(BUILD)/%/asm-offsets.inc)
objects := $(sources:%.c=$(BUILD)/obj/%.o) $(asm_sources:%.asm=$(BUILD)/obj/%.asm.o)

# ---- Flags ---------------------------------------------------------------

warnings := -Werror -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wvla
# The kernel has a folder xen/ and the system one too: ours in quotes, the
# system's in angle brackets.
common := -std=gnu11 -iquote . -g -fno-omit-frame-pointer \
	-mno-omit-leaf-frame-pointer -fno-common $(warnings)
# No red zone: a trap writes below the stack pointer. No vector registers: no
# trap saves them. Address 0 is an address like any other. Pages are read as
# whatever lies in them.
cflags := $(common) -Os -ffreestanding -mcmodel=kernel -fno-pic -mno-red-zone \
	-fno-delete-null-pointer-checks -fno-strict-aliasing \
	-mgeneral-regs-only -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -ffile-prefix-map=$(CURDIR)=.
ldflags := -nostdlib -static -z max-page-size=0x1000 -z noexecstack \
	--fatal-warnings
nasmflags := -f elf64 -g -F dwarf -I. -I$(BUILD)/ -Werror=all

# Changes when a flag or a compiler does, and with it everything that is built.
flags_file := $(BUILD)/flags
flags_text = $(CC) $(cflags) $(host_cflags) $(host_ldflags) $(fuzz_cflags) \
	$(NASM) $(nasmflags) $(ldflags) $(efi_cflags) $(efi_ldflags)

# ---- Images --------------------------------------------------------------

all: $(BUILD)/bimetal.elf $(BUILD)/bimetal.debug.elf $(BUILD)/bimetal.efi ## build the images

.PHONY: FORCE all setup setup-test
FORCE:

setup:
	$(Q)qemu/setup build

setup-test: | setup
	$(Q)qemu/setup test

$(flags_file): FORCE | setup
	@mkdir -p $(@D)
	@echo '$(flags_text)' | cmp -s - $@ || echo '$(flags_text)' >$@

# Tests are two thirds of the code, and run once.
$(BUILD)/obj/%_test.o $(BUILD)/obj/xen/refusal%.o: cflags += -Oz

$(BUILD)/obj/%.o: %.c Makefile $(flags_file)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) -MMD -MP -c $< -o $@

$(offsets): $(BUILD)/%/asm-offsets.inc: %/asm-offsets.c Makefile $(flags_file)
	$(call say,OFFSETS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) -MMD -MP -MT $@ -MF $@.d -S $< -o $@.s
	$(Q)sed -n 's/.*"->\([A-Za-z0-9_]*\) \$$\(.*\)"$$/%define \1 \2/p' $@.s >$@

$(BUILD)/obj/%.asm.o: %.asm Makefile $(flags_file) $(offsets)
	$(call say,NASM,$<)
	@mkdir -p $(@D)
	$(Q)$(NASM) $(nasmflags) -MD $@.d -MP $< -o $@

$(BUILD)/linker.ld: linker.ld Makefile $(flags_file)
	$(Q)$(CC) -E -P -x c -iquote . -MMD -MP -MT $@ -MF $@.d $< -o $@

# Function names for backtraces: link without them, read the addresses, link
# again. The names lie behind the code, so the addresses hold; that is checked.
define symbols_awk
BEGIN { print "section .rodata\nglobal symbols, symbols_count, symbol_names\nalign 8\nsymbols:" }
$$2 ~ /^[tT]$$/ && $$3 ~ /^[A-Za-z_][A-Za-z0-9_.]*$$/ && $$3 != "text_start" {
	printf "\tdd 0x%s, name%d - symbol_names\n", substr($$1, 9), n; names[n++] = $$3
}
END {
	printf "symbols_count: dq %d\nsymbol_names:\n", n
	for (i = 0; i < n; i++) printf "name%d: db \"%s\", 0\n", i, names[i]
}
endef
export symbols_awk
symbols_of = nm -n $(1) | awk "$$symbols_awk"

# A domain builder copies the image for every guest.
image_bytes_max := 640000

link = $(LD) $(ldflags) -T $(BUILD)/linker.ld -o

$(BUILD)/symbols0.asm: Makefile $(flags_file)
	$(Q)awk "$$symbols_awk" </dev/null >$@

$(BUILD)/symbols1.asm: $(BUILD)/stage.elf
	$(Q)$(call symbols_of,$<) >$@

$(BUILD)/symbols%.o: $(BUILD)/symbols%.asm
	$(Q)$(NASM) $(nasmflags) $< -o $@

# Changes when a file comes or goes.
all_objects = $(objects) $(host_objects) $(fuzz_kernel) $(efi_objects)
$(BUILD)/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(all_objects)' | cmp -s - $@ || echo '$(all_objects)' >$@

$(BUILD)/stage.elf: $(objects) $(BUILD)/objects $(BUILD)/symbols0.o $(BUILD)/linker.ld
	$(Q)$(link) $@ $(objects) $(BUILD)/symbols0.o

$(BUILD)/bimetal.debug.elf: $(objects) $(BUILD)/objects $(BUILD)/symbols1.o $(BUILD)/linker.ld
	$(call say,LINK,$@)
	$(Q)$(link) $@ $(objects) $(BUILD)/symbols1.o
	$(Q)$(call symbols_of,$@) | cmp - $(BUILD)/symbols1.asm

$(BUILD)/bimetal.elf: $(BUILD)/bimetal.debug.elf
	$(Q)objcopy --strip-all $< $@
	@test $$(stat -c %s $@) -lt $(image_bytes_max) || \
		{ echo '$@ has $(image_bytes_max) bytes or more'; rm $@; exit 1; }

# ---- A disk --------------------------------------------------------------

iso: $(BUILD)/bimetal.iso ## build a disk for BIOS and UEFI, CD drive and stick

.PHONY: iso

$(BUILD)/bimetal.iso: $(BUILD)/bimetal.elf boot/grub.cfg qemu/iso
	$(call say,ISO,$@)
	$(Q)qemu/setup iso
	$(Q)qemu/iso $@ $<

# ---- The UEFI application ------------------------------------------------

# A shared object with the kernel in it, turned into what firmware loads, as gnu-efi
# does it. Firmware is called with Microsoft's conventions.
efi_objects := $(patsubst boot/efi/%.c,$(BUILD)/efi/%.o,$(wildcard boot/efi/*.c)) \
	$(BUILD)/efi/kernel.asm.o
efi_cflags := -std=gnu11 -iquote . -isystem /usr/include/efi -isystem /usr/include/efi/x86_64 \
	$(warnings) -Os -ffreestanding -fpic -fshort-wchar -mno-red-zone -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -DGNU_EFI_USE_MS_ABI
efi_ldflags := -nostdlib -shared -Bsymbolic -z nocombreloc -z defs -z noexecstack
efi_sections := $(foreach s,text sdata data rodata dynamic dynsym rel rela reloc,-j .$(s)) \
	-j '.rel.*' -j '.rela.*'
# Where the distribution has it.
efi_part = $$($(CC) -print-file-name=$(1))

$(BUILD)/efi/%.o: boot/efi/%.c Makefile $(flags_file)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(efi_cflags) -MMD -MP -c $< -o $@

$(BUILD)/efi/kernel.asm.o: boot/efi/kernel.asm $(BUILD)/bimetal.elf Makefile $(flags_file)
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf64 -Werror=all -DKERNEL='"$(BUILD)/bimetal.elf"' $< -o $@

$(BUILD)/efi/bimetal.so: $(efi_objects) $(BUILD)/objects
	$(Q)$(LD) $(efi_ldflags) -T $(call efi_part,elf_x86_64_efi.lds) \
		$(call efi_part,crt0-efi-x86_64.o) $(efi_objects) \
		$(call efi_part,libefi.a) $(call efi_part,libgnuefi.a) -o $@

$(BUILD)/bimetal.efi: $(BUILD)/efi/bimetal.so
	$(call say,EFI,$@)
	$(Q)objcopy $(efi_sections) --target efi-app-x86_64 --subsystem=10 $< $@

# ---- What other machines need --------------------------------------------

dist: $(BUILD)/bimetal.tar.gz ## pack what other machines need, with how to install it

.PHONY: dist

# nasm writes the name of the folder into what debuggers read, and cannot be told not to.
$(BUILD)/dist/obj/%.asm.o: $(BUILD)/obj/%.asm.o
	@mkdir -p $(@D)
	$(Q)objcopy --strip-debug $< $@

dist_objects := $(objects:$(BUILD)/obj/%.asm.o=$(BUILD)/dist/obj/%.asm.o)

$(BUILD)/dist/bimetal.debug.elf: $(dist_objects) $(BUILD)/bimetal.debug.elf
	$(Q)$(link) $@ $(dist_objects) $(BUILD)/symbols1.o

dist_parts := $(addprefix $(BUILD)/,bimetal.elf dist/bimetal.debug.elf bimetal.efi bimetal.iso) \
	boot/bimetal.cfg boot/grub-xen.cfg docs/install.md LICENSE
dist_folder := $(BUILD)/dist/bimetal
dist_tar := tar --format=ustar --sort=name --mtime=@$(SOURCE_DATE_EPOCH) \
	--owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX

$(BUILD)/bimetal.tar.gz: $(dist_parts) Makefile
	$(call say,PACK,$@)
	$(Q)rm -rf $(dist_folder) && mkdir -p $(dist_folder)
	$(Q)cp $(dist_parts) $(dist_folder)
	$(Q)mv $(dist_folder)/install.md $(dist_folder)/INSTALL
	$(Q)cd $(dist_folder) && sha256sum * >../SHA256SUMS && mv ../SHA256SUMS .
	$(Q)$(dist_tar) -C $(BUILD)/dist -cf $(@:.gz=) bimetal
	$(Q)gzip -9nf $(@:.gz=)

# ---- Small kernels for the tests of the runner ---------------------------

# Empty ones, to compare times with; and a loader that leaves debris, for the
# kernel where it was linked to and for its memory image 14 MiB above that.
small := $(addprefix $(BUILD)/tests/,empty/pvh.elf empty/pv.elf \
	debris/linked.elf debris/moved.elf debris/bimetal.bin)

link_small = $(LD) -nostdlib -z noexecstack -T tests/empty/empty.ld -o

$(BUILD)/tests/empty/%.elf: $(BUILD)/obj/tests/empty/%.asm.o tests/empty/empty.ld
	$(Q)$(link_small) $@ $<

$(BUILD)/tests/debris/linked.elf: moved_bytes := 0
$(BUILD)/tests/debris/moved.elf: moved_bytes := 0xe00000
$(BUILD)/tests/debris/%.elf: tests/debris/debris.asm tests/empty/empty.ld \
		$(BUILD)/bimetal.debug.elf
	@mkdir -p $(@D)
	$(Q)entry=0x$$(nm $(BUILD)/bimetal.debug.elf | sed -n 's/ [tT] pvh_entry$$//p'); \
	$(NASM) $(nasmflags) -DENTRY=$$entry-IMAGE_BASE_VADDR+$(moved_bytes) $< -o $@.o
	$(Q)$(link_small) $@ $@.o

$(BUILD)/tests/debris/bimetal.bin: $(BUILD)/bimetal.elf
	@mkdir -p $(@D)
	$(Q)objcopy -O binary $< $@

# ---- Host tests ----------------------------------------------------------

# The same sources under sanitizers. What touches the machine, or the kernel's
# own address space, is left out, and hypercall.asm with it; tests/host has
# models with the same functions, and starts by itself.
host_replaced := $(addprefix arch/x86/,cpu.c boot_tables.c phys.c) mm/kernel_space.c \
	boot/start_%.c
host_sources := $(filter-out $(host_replaced),$(sources)) $(wildcard tests/host/*.c)
host_asm := $(filter-out arch/x86/cpu_irq.asm xen/hypercall.asm boot/%,$(asm_sources))
host_objects := $(host_sources:%.c=$(BUILD)/host/%.o) $(host_asm:%.asm=$(BUILD)/obj/%.asm.o)
host_cflags := $(common) -O1 -include tests/host/names.h -fno-pie \
	-fsanitize=address,undefined -fno-sanitize-recover=all
# Where tests/host/arena.h has the image, with room for all of the program.
host_symbols := image_start=0x20200000 text_start=0x20200000 \
	text_end=0x20208000 rodata_start=0x20208000 rodata_end=0x20210000 \
	data_start=0x20210000 image_end=0x20e00000
host_ldflags := -no-pie -Wl,-z,noexecstack -Wl,-Ttext-segment=0x20200000 \
	$(host_symbols:%=-Wl,--defsym=%)

$(BUILD)/host/lib/string.o $(BUILD)/host/lib/string_test.o: \
	host_cflags += -DHOST_TESTS_STRING -fno-builtin

$(BUILD)/host/%.o: %.c Makefile $(flags_file) | setup-test
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(host_cflags) -MMD -MP -c $< -o $@

$(BUILD)/host/bimetal-host: $(host_objects) $(BUILD)/objects
	$(call say,LINK,$@)
	$(Q)$(CC) $(host_cflags) $(host_ldflags) $(host_objects) -o $@

# ---- The reader of the screen --------------------------------------------

# With the kernel's own font.
$(BUILD)/host/read-screen: $(patsubst %,$(BUILD)/host/%.o,\
		tests/screen/read lib/font lib/screen)
	$(call say,LINK,$@)
	$(Q)$(CC) $(host_cflags) -no-pie $^ -o $@

# ---- Fuzzing -------------------------------------------------------------

# A target is a folder of the corpus, and the file of its name. It takes what it
# needs of the kernel from an archive, and tests/fuzz has the rest. Twice: by
# clang with libFuzzer, and by the compiler of the host tests to replay the corpus.
fuzz_targets := $(notdir $(patsubst %/,%,$(wildcard tests/fuzz/corpus/*/)))
fuzz_kernel := $(filter-out %_test.c,$(wildcard lib/*.c arch/x86/*.c kernel/*.c boot/*.c))
fuzz_kernel := $(filter-out %/asm-offsets.c,$(fuzz_kernel))
fuzz_base := $(filter-out $(fuzz_targets:%=tests/fuzz/%.c),$(wildcard tests/fuzz/*.c))
fuzz_sources := $(fuzz_kernel) $(fuzz_targets:%=tests/fuzz/%.c) $(fuzz_base)
fuzz_cflags := $(common) -O1 -include tests/host/names.h \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
fuzzers := $(fuzz_targets:%=$(BUILD)/fuzz/bin/%)
replays := $(fuzz_targets:%=$(BUILD)/host/replay/%)

$(BUILD)/fuzz/lib/string.o: fuzz_cflags += -DHOST_TESTS_STRING -fno-builtin

setup-fuzz: | setup
	$(Q)qemu/setup test fuzz

$(BUILD)/fuzz/%.o: %.c Makefile $(flags_file) | setup-fuzz
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)clang $(fuzz_cflags) -MMD -MP -c $< -o $@

$(BUILD)/fuzz/kernel.a: $(fuzz_kernel:%.c=$(BUILD)/fuzz/%.o) $(BUILD)/objects
$(BUILD)/host/kernel.a: $(fuzz_kernel:%.c=$(BUILD)/host/%.o) $(BUILD)/objects
$(BUILD)/fuzz/kernel.a $(BUILD)/host/kernel.a:
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

$(fuzzers): $(BUILD)/fuzz/bin/%: $(BUILD)/fuzz/tests/fuzz/%.o \
		$(filter-out %/replay.o,$(fuzz_base:%.c=$(BUILD)/fuzz/%.o)) $(BUILD)/fuzz/kernel.a
	@mkdir -p $(@D)
	$(Q)clang -fsanitize=fuzzer,address,undefined $^ -o $@

$(replays): $(BUILD)/host/replay/%: $(BUILD)/host/tests/fuzz/%.o \
		$(fuzz_base:%.c=$(BUILD)/host/%.o) $(BUILD)/host/kernel.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(host_cflags) -no-pie $^ -o $@

# ---- What people type ----------------------------------------------------

# The variables of qemu/run reach it as make's own do, by the environment. make
# expands a $ in them.
run: $(BUILD)/bimetal.$(if $(filter uefi,$(PLATFORM)),efi,elf) ## boot and judge
	@IMAGE=$${IMAGE:-$<} qemu/run

test: test-programs clang-image ## run everything: host tests and the boot matrix
	@tests/run

check-host: test-programs ## run the tests on the host, under sanitizers
	@tests/run 'host-*'

check-boot: test-programs clang-image ## run the native boots of the matrix
	@tests/run 'native*' 'uefi*' 'bios*' 'bochs*' 'runner-*' screen

check-xen: test-programs clang-image ## run the boots under Xen
	@tests/run 'dom0*' 'domu*' 'pvh*'

fuzz: $(fuzzers) ## look for input that what parses boot information gets wrong
	@tests/fuzz/run $(or $(T),60) $(fuzz_targets)

lint: ## run everything that criticises the sources
	@qemu/setup build test lint
	@tests/lint

debug: $(BUILD)/bimetal.elf ## boot under gdb, symbols loaded
	@qemu/setup native debug
	@GDB=1 qemu/run & runner=$$!; \
	gdb -q -ex 'target remote :1234' $(BUILD)/bimetal.debug.elf; kill $$runner

clean: ## remove everything that was built, Xen's machine too
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 13
	@echo
	@echo 'Variables of run, test and the checks, by the environment or as arguments:'
	@sed -n 's/^#\t\([A-Z_]*=.*\)/  \1/p' qemu/run
	@echo '  JOBS=             tests at a time (2), checks of lint at a time (all cores)'
	@echo '  JUNIT=            a file for the results of test and the checks as JUnit'
	@echo '  T=60              seconds that the targets of fuzz share'
	@echo 'Variables of the build:'
	@echo '  CC=gcc            gcc or clang'
	@echo '  BUILD=build       the folder for everything that is made from sources'
	@echo '  V=                1: show commands'
	@echo
	@echo 'Platforms: $(patsubst qemu/platform-%.sh,%,$(wildcard qemu/platform-*.sh))'

test-programs: $(BUILD)/bimetal.elf $(BUILD)/bimetal.efi $(BUILD)/bimetal.iso \
	$(BUILD)/host/bimetal-host $(BUILD)/host/read-screen $(small) $(replays)

clang-image: | setup-test
	$(Q)$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/clang all

.PHONY: run test check-host check-boot check-xen fuzz lint debug clean help setup-fuzz
.PHONY: test-programs clang-image

-include $(objects:.o=.o.d) $(objects:.o=.d) $(host_objects:.o=.d) $(efi_objects:.o=.d)
-include $(BUILD)/host/tests/screen/read.d
-include $(fuzz_sources:%.c=$(BUILD)/host/%.d) $(fuzz_sources:%.c=$(BUILD)/fuzz/%.d)
-include $(offsets:=.d) $(BUILD)/linker.ld.d
