// samples/external_command.h - commands that are programs of their own: `argent live` runs `argent-live`, as git does.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace argent {

/// The program argent-NAME beside this one or in PATH.
std::optional<std::filesystem::path> find_external_command(const std::string& name);

/// Becomes that program: returns only by throwing Error.
[[noreturn]] void run_external_command(const std::filesystem::path& program, char** arguments);

}  // namespace argent
