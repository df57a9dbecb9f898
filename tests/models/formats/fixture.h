// Small files, their mutants, and Python beside the tests of the formats.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/kernels/philox.h"
#include "models/tensor/tensor.h"
#include "tests/models/error_text.h"

namespace argent::tensor {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "argent-formats-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw Error("no folder for the test");
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Runs python_files.py here; whether it liked what it saw.
  bool python(const std::string& command) const {
    const std::string script = std::string(ARGENT_SOURCE_DIR) + "/tests/models/formats/python_files.py";
    return std::system(("/usr/bin/python3 '" + script + "' " + command + " '" + path_.string() + "'").c_str()) == 0;
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

/// `original` with up to four bytes changed, taken out, put in or repeated; the same for the same number.
inline std::string mutant(const std::string& original, std::uint64_t number) {
  std::string result = original;
  const auto shape = kernels::philox(1, number);
  for (std::uint32_t k = 0; k <= shape[0] % 4 && !result.empty(); k++) {
    const auto bits = kernels::philox(2, number, k);
    const std::size_t at = bits[0] % result.size();
    switch (bits[1] % 5) {
      case 0:
        result[at] = static_cast<char>(result[at] ^ (1 << bits[2] % 8));
        break;
      case 1:
        result[at] = "0123456789\"{}[],:\\ -.eFu\x80\xff"[bits[2] % 27];
        break;
      case 2:
        result.erase(at, 1 + bits[2] % 3);
        break;
      case 3:
        result.insert(at, 1 + bits[2] % 3, static_cast<char>(bits[3]));
        break;
      default:
        result.insert(at, result.substr(bits[2] % result.size(), 1 + bits[3] % 24));
    }
  }
  return result;
}

/// Asks `parse` for every beginning of `original` and 20,000 of its mutants: it may throw Error and nothing else. A mutant that passes is
/// one whose numbers alone changed, or its names.
template <class Parse>
int survivors(const std::string& original, Parse&& parse) {
  int read = 0;
  const auto attempt = [&](const std::string& bytes) {
    // A copy of exactly this size, so that a sanitizer sees what is read beyond it.
    const std::vector<std::byte> exact(as_bytes(bytes).begin(), as_bytes(bytes).end());
    try {
      parse(std::span<const std::byte>(exact));
      read++;
    } catch (const Error&) {
    }
  };
  for (std::size_t size = 0; size < original.size(); size++) attempt(original.substr(0, size));
  EXPECT_EQ(read, 0) << "a file that was cut is read";
  for (std::uint64_t i = 0; i < 20'000; i++) attempt(mutant(original, i));
  return read;
}

}  // namespace argent::tensor
