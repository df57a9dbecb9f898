// tests/calibration/thumbnail_files.h - folders of thumbnails as tests write them.
#pragma once

#include <gtest/gtest.h>
#include <png.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "models/runtime/error.h"

namespace argent {

class ThumbnailFolder : public testing::Test {
 protected:
  using Rgb = std::array<double, 3>;

  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / (std::string(test.test_suite_name()) + "_" + test.name() + "_" +
                                                        std::to_string(testing::UnitTest::GetInstance()->random_seed()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }

  /// Codes 0 to 65535 of each pixel.
  std::filesystem::path png(const std::string& name, int width, int height, const std::function<Rgb(int, int)>& at,
                            bool wide = true) const {
    std::vector<std::uint16_t> samples;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (const double code : at(x, y)) samples.push_back(static_cast<std::uint16_t>(code));
      }
    }
    png_image head;
    std::memset(&head, 0, sizeof head);
    head.version = PNG_IMAGE_VERSION;
    head.width = static_cast<png_uint_32>(width);
    head.height = static_cast<png_uint_32>(height);
    head.format = wide ? PNG_FORMAT_LINEAR_RGB : PNG_FORMAT_RGB;
    EXPECT_TRUE(png_image_write_to_file(&head, (folder_ / name).c_str(), 0, samples.data(), 0, nullptr)) << head.message;
    return folder_ / name;
  }

  /// An array of the type and shape that `header` tells, of the bytes of `values`.
  template <class Value>
  std::filesystem::path npy(const std::string& name, const std::string& type, const std::string& shape,
                            const std::vector<Value>& values) const {
    const std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    std::string bytes("\x93NUMPY\1\0", 8);
    bytes += static_cast<char>(header.size() & 255);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
    return write(name, bytes);
  }

  template <class Call>
  static std::string refusal(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  std::filesystem::path folder_;
};

}  // namespace argent
