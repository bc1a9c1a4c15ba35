# SPDX-License-Identifier: Apache-2.0
# All flags and all helpers for targets. Nothing else sets a compile flag.
include_guard(GLOBAL)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# At -O3 gcc 12 takes an explicit_bzero of a whole struct for an overflow.
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
# Small functions of the lower floors are inlined into the event's path.
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION_RELEASE ON)

option(IKRAR_TESTS "build the tests (needs Criterion)" ON)
option(IKRAR_BENCH "build the benchmarks" OFF)
option(IKRAR_FUZZ "build the fuzz targets (clang)" OFF)
option(IKRAR_ASAN "address and undefined-behaviour sanitizers" OFF)

find_package(PkgConfig REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
pkg_check_modules(PROTOBUF_C REQUIRED IMPORTED_TARGET libprotobuf-c)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(EVENT REQUIRED IMPORTED_TARGET libevent_core
    libevent_extra)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(CYAML REQUIRED IMPORTED_TARGET libcyaml)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
if(IKRAR_TESTS)
	pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
	pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
endif()

add_library(house_flags INTERFACE)
target_include_directories(house_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(house_flags INTERFACE _GNU_SOURCE
    IKRAR_VERSION="${PROJECT_VERSION}")
target_compile_options(house_flags INTERFACE
    -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings
    -Wundef -Wvla -Wformat=2 -fstack-protector-strong)
target_link_options(house_flags INTERFACE -Wl,-z,relro -Wl,--as-needed)
if(IKRAR_ASAN)
	target_compile_options(house_flags INTERFACE -fsanitize=address,undefined
	    -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(house_flags INTERFACE -fsanitize=address,undefined)
else()
	target_compile_definitions(house_flags INTERFACE
	    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()

# house_library(NAME SOURCES a.c b.c LINK x y): a static library of one folder.
function(house_library name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
	add_library(${name} STATIC ${ARG_SOURCES})
	target_link_libraries(${name} PUBLIC house_flags ${ARG_LINK}
	    PRIVATE ${ARG_PRIVATE})
endfunction()

# house_program(NAME SOURCES main.c LINK parts): one executable in bin/.
function(house_program name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
	add_executable(${name} ${ARG_SOURCES})
	target_link_libraries(${name} PRIVATE house_flags ${ARG_LINK})
	set_target_properties(${name} PROPERTIES
	    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
	install(TARGETS ${name} RUNTIME)
endfunction()

# house_static_program(NAME SOURCES main.c ARCHIVES parts core LIBS nettle): a
# program that needs nothing of the machine it runs on. Of our archives, named
# from the top floor down, only what it uses is taken; so those libraries that
# they use elsewhere are not asked for. Not under the sanitizers.
function(house_static_program name)
	cmake_parse_arguments(ARG "" "" "SOURCES;ARCHIVES;LIBS" ${ARGN})
	add_executable(${name} ${ARG_SOURCES})
	target_link_libraries(${name} PRIVATE house_flags -static)
	foreach(archive ${ARG_ARCHIVES})
		add_dependencies(${name} ${archive})
		target_link_libraries(${name} PRIVATE $<TARGET_FILE:${archive}>)
	endforeach()
	foreach(lib ${ARG_LIBS})
		find_library(STATIC_${lib} NAMES lib${lib}.a REQUIRED)
		target_link_libraries(${name} PRIVATE ${STATIC_${lib}})
	endforeach()
	set_target_properties(${name} PROPERTIES
	    LINK_SEARCH_START_STATIC ON LINK_SEARCH_END_STATIC ON
	    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
	install(TARGETS ${name} RUNTIME)
endfunction()

# unit_test(test_core_log core): one Criterion program from test_core_log.c.
# Criterion takes a leak for success unless the sanitizer aborts;
# tests/lint/must_fail.c watches over that.
function(unit_test name)
	add_executable(${name} ${name}.c)
	target_link_libraries(${name} PRIVATE house_flags PkgConfig::CRITERION
	    PkgConfig::JANSSON ${ARGN})
	add_test(NAME ${name} COMMAND ${name})
	# ctest runs programs side by side. A Criterion that runs its tests so
	# loses 48 bytes of its own now and then, which is no leak of ours.
	set(environment "ASAN_OPTIONS=abort_on_error=1;CRITERION_JOBS=1"
	    "IKRAR_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
	set_tests_properties(${name} PROPERTIES LABELS "quick;unit" TIMEOUT 120
	    ENVIRONMENT "${environment}")
endfunction()
