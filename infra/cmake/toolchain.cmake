# The language, the strict warnings (errors under JUMUN_STRICT), hardening and sanitizers.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

option(JUMUN_STRICT "treat warnings as errors" ON)
set(JUMUN_SANITIZE "" CACHE STRING "comma-separated list for -fsanitize=, for example address,undefined")

option(JUMUN_FAULT_POINTS "build the places where a test may make a process fail: infra/runtime/fault.h" OFF)
if(JUMUN_FAULT_POINTS)
    add_compile_definitions(JUMUN_FAULT_POINTS)
endif()

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
    -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes
    -Wformat=2 -Wswitch-enum -Wvla -Wnull-dereference -Wwrite-strings -Wundef -fno-common)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wduplicated-cond -Wduplicated-branches -Wlogical-op)
endif()
if(JUMUN_STRICT)
    add_compile_options(-Werror)
endif()

if(JUMUN_SANITIZE)
    add_compile_options(-fsanitize=${JUMUN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${JUMUN_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
                        -fstack-clash-protection -fcf-protection)
    add_link_options(-pie -Wl,-z,relro,-z,now)
endif()
# Assertions guard invariants of money and stock: they stay on in every build type.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
