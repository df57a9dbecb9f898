#include "calibration/training/thumbnail_writer.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>

#include "calibration/training/synthetic_scenes.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "tests/calibration/small_world.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class ThumbnailWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("thumbnails_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name());
    const SpectralWorld world = small_world();
    for (std::uint64_t i = 0; i < 3; i++) {
      images_.push_back(synthetic_scene(world, 2, i, {.columns = 16, .rows = 12}));
      const SyntheticCamera camera = camera_of_scene(world, 2, i);
      cameras_[camera.name] = color_matrices_of(camera, world);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string refusal(Overwrite overwrite = Overwrite::kNo) const {
    try {
      write_thumbnails(folder_, images_, cameras_, overwrite);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  std::string text_of(const char* name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::uint16_t> codes_of(const std::string& name) const {
    png_image head;
    std::memset(&head, 0, sizeof head);
    head.version = PNG_IMAGE_VERSION;
    EXPECT_TRUE(png_image_begin_read_from_file(&head, (folder_ / name).c_str())) << head.message;
    EXPECT_EQ(head.width, 16u);
    EXPECT_EQ(head.height, 12u);
    EXPECT_EQ(head.format, png_uint_32{PNG_FORMAT_LINEAR_RGB});
    std::vector<std::uint16_t> codes(16 * 12 * 3);
    EXPECT_TRUE(png_image_finish_read(&head, nullptr, codes.data(), 0, nullptr)) << head.message;
    return codes;
  }

  fs::path folder_;
  std::vector<LabelledStatistics> images_;
  CameraMatrices cameras_;
};

TEST_F(ThumbnailWriterTest, PicturesKeepTheColors) {
  images_[0].statistics.zones[5].unclipped_count = {};  // saturated
  images_[0].statistics.zones[5].unclipped = {7, 7, 7};
  ASSERT_EQ(refusal(), "");
  for (const LabelledStatistics& image : images_) {
    const std::vector<std::uint16_t> codes = codes_of(image.file);
    EXPECT_EQ(*std::max_element(codes.begin(), codes.end()), 65535) << "each is scaled by its own largest number";
    float peak = 0;
    for (const auto& zone : image.statistics.zones) {
      if (zone.unclipped_count[1] > 0) peak = std::max({peak, zone.unclipped[0], zone.unclipped[1], zone.unclipped[2]});
    }
    for (std::size_t i = 0; i < codes.size(); i++) {
      const auto& zone = image.statistics.zones[i / 3];
      EXPECT_NEAR(codes[i], zone.unclipped_count[1] > 0 ? 65535 * zone.unclipped[i % 3] / peak : 0, .51);
    }
  }
  const std::vector<std::uint16_t> codes = codes_of(images_[0].file);
  EXPECT_EQ(codes[15] + codes[16] + codes[17], 0);
}

TEST_F(ThumbnailWriterTest, LabelsAreTheLights) {
  images_[1].lux = 0;
  images_[2].light.reset();
  ASSERT_EQ(refusal(), "");
  std::istringstream labels(text_of("labels.csv"));
  std::string line;
  std::getline(labels, line);
  EXPECT_EQ(line, "file,camera,r,g,b,kelvin,lux");
  for (const LabelledStatistics& image : images_) {
    ASSERT_TRUE(std::getline(labels, line));
    std::vector<std::string> cells;
    std::istringstream row(line + ",");
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 7u) << line;
    EXPECT_EQ(cells[0], image.file);
    EXPECT_EQ(cells[1], image.sensor);
    Vec3 light{};
    if (image.light) {
      light = {std::exp((*image.light)[0]), 1, std::exp((*image.light)[1])};
    } else {
      const Vec3 gains = *gains_of_cct(image.prior.curve, image.kelvin);
      light = {1 / gains[0], 1, 1 / gains[2]};
    }
    for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(std::stof(cells[2 + c]), light[c], 1e-5);
    EXPECT_EQ(std::stof(cells[5]), image.kelvin);
    EXPECT_EQ(cells[6].empty(), image.lux == 0);
    if (image.lux > 0) {
      EXPECT_EQ(std::stof(cells[6]), image.lux);
    }
  }
  EXPECT_FALSE(std::getline(labels, line));
}

TEST_F(ThumbnailWriterTest, CamerasAreDngsMatrices) {
  cameras_["nobody's"] = cameras_.begin()->second;
  ASSERT_EQ(refusal(), "");
  const YamlNode root = parse_yaml(text_of("cameras.yaml"), "cameras.yaml");
  const YamlNode* cameras = root.find("cameras");
  ASSERT_NE(cameras, nullptr);
  EXPECT_EQ(cameras->find("nobody's"), nullptr) << "no picture of it";
  for (const LabelledStatistics& image : images_) {
    const YamlNode* camera = cameras->find(image.sensor);
    ASSERT_NE(camera, nullptr);
    const YamlNode* matrices = camera->find("matrices");
    ASSERT_NE(matrices, nullptr);
    ASSERT_EQ(matrices->items.size(), 2u);
    EXPECT_EQ(matrices->items[0].find("illuminant")->scalar, "17");
    EXPECT_EQ(matrices->items[1].find("illuminant")->scalar, "21");
    for (std::size_t m = 0; m < 2; m++) {
      const YamlNode* numbers = matrices->items[m].find("matrix");
      ASSERT_EQ(numbers->items.size(), 9u);
      for (std::size_t i = 0; i < 9; i++) EXPECT_EQ(std::stof(numbers->items[i].scalar), cameras_[image.sensor][m].xyz_to_camera[i]);
    }
  }
}

TEST_F(ThumbnailWriterTest, NothingIsOverwrittenUntold) {
  ASSERT_EQ(refusal(), "");
  fs::remove(folder_ / "cameras.yaml");
  for (const LabelledStatistics& image : images_) fs::remove(folder_ / image.file);
  EXPECT_NE(refusal().find("labels.csv exists"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / images_[0].file)) << "found before anything was written";
  EXPECT_EQ(refusal(Overwrite::kYes), "");
  EXPECT_TRUE(fs::exists(folder_ / images_[0].file));
}

TEST_F(ThumbnailWriterTest, WhatNoReaderWouldTakeIsRefused) {
  const auto expect = [&](const std::string& what) {
    const std::string told = refusal();
    EXPECT_NE(told.find(what), std::string::npos) << told;
    EXPECT_FALSE(fs::exists(folder_)) << what;
  };
  const std::vector<LabelledStatistics> images = images_;
  const CameraMatrices cameras = cameras_;
  const auto again = [&] {
    images_ = images;
    cameras_ = cameras;
  };
  for (const char* name : {"../a.png", "a/b.png", "a.jpg", ".png", "/a.png"}) {
    images_[1].file = name;
    expect("expected the name of a PNG");
  }
  images_[1].file = "a,b.png";
  expect("without commas");
  images_[1].file = images_[0].file;
  expect("is there twice");
  again();
  images_[1].sensor = "two\nlines";
  expect("without commas, quotes and line ends");
  again();
  cameras_.erase(images_[2].sensor);
  expect("0 matrices, expected one or two");
  again();
  cameras_[images_[2].sensor][0].cct = 4321;
  expect("a matrix for 4321");
  again();
  images_[1].light = {{NAN, 0}};
  expect("is no color");
  images_[1].light.reset();
  images_[1].kelvin = 0;
  expect("neither the light's color nor");
  again();
  images_[1].statistics.rows = 11;
  expect("16x11 zones");
  again();
  for (auto& zone : images_[1].statistics.zones) zone.unclipped_count = {};
  expect("no zone with light");
  again();
  images_[1].statistics.zones[0].unclipped[0] = INFINITY;
  expect("without a number");
  images_.clear();
  expect("no pictures");
}

}  // namespace
}  // namespace argent
