#include "calibration/evaluation/labelled_statistics.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <fstream>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class Labelled : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("labelled_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    CameraProfile& camera = tunings_["imx1"].camera;
    camera.aaa.white_balance.prior.curve = {{2500, .8f, .3f}, {5000, .5f, .6f}};
    camera.isp.corrections = {{5000, kIdentity3}};
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// A picture of one grey (half of what there is) whose first zone is saturated.
  fs::path picture(const std::string& name, int side = 4, bool wide = true) const {
    png_image head;
    std::memset(&head, 0, sizeof head);
    head.version = PNG_IMAGE_VERSION;
    head.width = head.height = static_cast<png_uint_32>(side);
    head.format = wide ? PNG_FORMAT_LINEAR_RGB : PNG_FORMAT_RGB;
    std::vector<std::uint16_t> samples(static_cast<std::size_t>(side * side) * 3, 32768);
    std::fill_n(samples.begin(), 3, std::uint16_t{65535});
    const fs::path file = folder_ / name;
    EXPECT_TRUE(png_image_write_to_file(&head, file.c_str(), 0, samples.data(), 0, nullptr)) << head.message;
    return file;
  }

  std::string refusal(const fs::path& file) const {
    try {
      load_labelled(file, tunings_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  std::string fold_refusal(const std::string& rows, std::vector<LabelledStatistics>& images) const {
    std::ofstream(folder_ / "folds.csv") << "user,sensor,scene,group,fold\n" << rows;
    try {
      read_folds(folder_ / "folds.csv", images);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
  Tunings tunings_;
};

TEST_F(Labelled, APictureBecomesTheSensorsColors) {
  const LabelledStatistics image = load_labelled(picture("me,imx1,desk,4000,120,4100.png"), tunings_);
  EXPECT_EQ(image.user + image.sensor + image.scene, "meimx1desk");
  EXPECT_EQ(image.kelvin, 4000);
  EXPECT_EQ(image.lux, 120);
  EXPECT_EQ(image.camera_kelvin, 4100);
  EXPECT_EQ(image.statistics.columns, 4);
  EXPECT_EQ(image.statistics.rows, 4);
  EXPECT_EQ(image.statistics.zones[0].unclipped_count[1], 0u) << "saturated: its color is lost";
  EXPECT_GT(image.statistics.zones[1].unclipped_count[1], 0u);
  EXPECT_NEAR(image.statistics.zones[1].mean[0], .5f * .5f, 1e-4);
  EXPECT_NEAR(image.statistics.zones[1].mean[2], .6f * .5f, 1e-4);
}

TEST_F(Labelled, NamesOfAnotherFormAreRefused) {
  for (const char* name : {"desk.png", "me,imx1,desk,4000,120.png", "me,imx1,desk,4000,120,4100,7.png"}) {
    EXPECT_NE(refusal(picture(name)).find("expected a name of the form"), std::string::npos) << name;
  }
  for (const char* number : {"inf", "nan", "0", "-4000", "4000K", "", "1e999"}) {
    const std::string told = refusal(picture(std::string("me,imx1,desk,") + number + ",120,4100.png"));
    EXPECT_NE(told.find("expected a positive number"), std::string::npos) << number << ": " << told;
  }
  EXPECT_NE(refusal(picture("me,imx2,desk,4000,120,4100.png")).find("no tuning for the sensor imx2"), std::string::npos);
}

TEST_F(Labelled, PicturesOfAnotherFormAreRefused) {
  const std::string name = "me,imx1,desk,4000,120,4100.png";
  EXPECT_EQ(refusal(picture(name, 32)), "");
  EXPECT_NE(refusal(picture(name, 33)).find("of 1x1 to 32x32 pixels, found 33x33"), std::string::npos);
  EXPECT_NE(refusal(picture(name, 4, false)).find("expected a 16-bit RGB picture"), std::string::npos);
  std::ofstream(folder_ / name) << "no picture";
  EXPECT_NE(refusal(folder_ / name), "");
}

TEST_F(Labelled, FoldsAreWholeNumbers) {
  std::vector<LabelledStatistics> images{load_labelled(picture("me,imx1,desk,4000,120,4100.png"), tunings_),
                                         load_labelled(picture("me,imx1,hall,4000,120,4100.png"), tunings_)};
  EXPECT_EQ(fold_refusal("me,imx1,desk,a,3\r\nyou,imx1,hall,b,4\n", images), "");
  EXPECT_EQ(images[0].fold, 3);
  EXPECT_EQ(images[1].fold, -1);
  for (const char* row : {"me,imx1,desk,a,3abc", "me,imx1,desk,a,-3", "me,imx1,desk,a,", "me,imx1,desk,3", "me,imx1,desk,a,3,4"}) {
    EXPECT_NE(fold_refusal(std::string(row) + "\n", images).find("expected user,sensor,scene,group,fold"), std::string::npos) << row;
  }
}

TEST_F(Labelled, TuningsAreAFolderOfThem) {
  EXPECT_THROW(load_tunings(folder_), Error);
  EXPECT_THROW(load_tunings(folder_ / "none"), Error);
}

}  // namespace
}  // namespace argent
