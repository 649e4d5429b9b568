# One line per library, service, program and test, so that the lists in the folders stay readable.

# jumun_library(name SOURCES a.c b.c LINKS x y): a static library; headers are included as "folder/name.h"
function(jumun_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/infra ${CMAKE_SOURCE_DIR}/consumers ${CMAKE_SOURCE_DIR}/producers)
    target_link_libraries(${name} PUBLIC ${ARG_LINKS})
endfunction()

# jumun_program(jumun-load SOURCES main.c LINKS x y): an executable in build/bin
function(jumun_program name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/infra ${CMAKE_SOURCE_DIR}/consumers ${CMAKE_SOURCE_DIR}/producers)
    target_link_libraries(${name} PRIVATE ${ARG_LINKS})
endfunction()

# jumun_embed_sql(target dir): every dir/*.sql becomes a string in <target>_sql.h, load_holds.sql as SQL_LOAD_HOLDS
function(jumun_embed_sql target dir)
    file(GLOB files CONFIGURE_DEPENDS ${dir}/*.sql)
    set(header ${CMAKE_CURRENT_BINARY_DIR}/sql/${target}_sql.h)
    add_custom_command(
        OUTPUT ${header}
        COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/infra/cmake/embed_sql.py ${header} ${files}
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/infra/cmake/embed_sql.py
        VERBATIM)
    target_sources(${target} PRIVATE ${header})
    target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/sql)
endfunction()

# jumun_embed_files(target dir FOLDERS store … SUFFIXES html …): the files in these folders of dir become bytes of the
# program, in a table of struct embedded_file named <target>_files; new files are found without a word here
function(jumun_embed_files target dir)
    cmake_parse_arguments(ARG "" "" "FOLDERS;SUFFIXES" ${ARGN})
    foreach(folder ${ARG_FOLDERS})
        foreach(suffix ${ARG_SUFFIXES})
            list(APPEND patterns ${dir}/${folder}/*.${suffix})
        endforeach()
    endforeach()
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${patterns})
    set(table ${CMAKE_CURRENT_BINARY_DIR}/files/${target}_files)
    add_custom_command(
        OUTPUT ${table}.c ${table}.S ${table}.bin
        COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/infra/cmake/embed_files.py ${table} ${dir} ${files}
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/infra/cmake/embed_files.py
        VERBATIM)
    set_source_files_properties(${table}.S PROPERTIES OBJECT_DEPENDS ${table}.bin)
    target_sources(${target} PRIVATE ${table}.c ${table}.S)
endfunction()

# jumun_service(stock): the pure library domain_stock (consumers/stock/*.c but main.c) and the program jumun-stock
function(jumun_service name)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/main.c)
    jumun_library(domain_${name} SOURCES ${sources} LINKS jumun_domain)
    jumun_embed_sql(domain_${name} ${CMAKE_CURRENT_SOURCE_DIR}/sql)
    jumun_program(jumun-${name} SOURCES main.c LINKS domain_${name} jumun_runtime)
    if(NOT JUMUN_SANITIZE)
        target_link_libraries(jumun-${name} PRIVATE PkgConfig::JEMALLOC)
    endif()
endfunction()

# jumun_test(name LABEL unit SOURCES … LINKS … [JOBS n]): a Criterion program registered with ctest;
# JOBS for tests that wait more than they work
function(jumun_test name)
    cmake_parse_arguments(ARG "" "LABEL;JOBS" "SOURCES;LINKS" ${ARGN})
    if(NOT CRITERION_FOUND)
        return()
    endif()
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/infra ${CMAKE_SOURCE_DIR}/consumers ${CMAKE_SOURCE_DIR}/producers)
    target_link_libraries(${name} PRIVATE ${ARG_LINKS} PkgConfig::CRITERION)
    if(ARG_JOBS)
        set(jobs -j${ARG_JOBS})
    endif()
    add_test(NAME ${name} COMMAND ${name} --short-filename ${jobs})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600)
endfunction()
