#include "isp/io/stage_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "isp/io/picture_file.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class StageFolderTest : public testing::Test {
 protected:
  ~StageFolderTest() override { fs::remove_all(folder_); }

  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder_)) out.insert(entry.path().filename());
    return out;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("stages_" + std::to_string(testing::UnitTest::GetInstance()->random_seed()) +
                                                           testing::UnitTest::GetInstance()->current_test_info()->name());
};

Controls balanced() {
  Controls controls;
  controls.colour_gains = {2, 1, 1.5f};
  controls.colour_temperature = 5000;
  return controls;
}

TEST_F(StageFolderTest, NamesSayPlaceAndDomain) {
  StageFolder folder(folder_);
  Pipeline(PipelineParams{}).render(reference::make_frame(CfaPattern::kBggr, {67, 41}), balanced(), folder);
  const std::string table = folder.finish();
  const std::set<std::string> expected{"01_mosaic_codes_x16.png",
                                       "03_balanced_linear_camera_shown_srgb.png",
                                       "05_demosaiced_linear_camera_shown_srgb.png",
                                       "06_highlights_linear_camera_shown_srgb.png",
                                       "12_color_linear_srgb_shown_srgb.png",
                                       "15_picture_srgb.png",
                                       "stages.txt"};
  std::set<std::string> found = names();
  found.erase("04_defects_linear_camera_shown_srgb.png");  // whether noise holds one is no matter here
  EXPECT_EQ(found, expected);
  std::ifstream file(folder_ / "stages.txt");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), table);
  for (const char* word : {"10_local_tone", "tone.local is 0", "codes", "light, 1 = saturation", "67x41"})
    EXPECT_NE(table.find(word), std::string::npos) << word << " in\n" << table;
}

TEST_F(StageFolderTest, CodesCanBeReadBackAndThePictureIsWhatRenderReturned) {
  const RawFrame frame = reference::make_frame(CfaPattern::kRggb, {35, 22});
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.orientation = Orientation::kRotated90;
  StageFolder folder(folder_);
  const Image picture = Pipeline(params).render(frame, balanced(), folder);
  const LoadedPicture codes = load_picture(folder_ / "01_mosaic_codes_x16.png"), saved = load_picture(folder_ / "15_picture_srgb.png");
  EXPECT_TRUE(reference::same_bytes(saved.image, picture));
  ASSERT_EQ(codes.image.size(), (Size{22, 35}));
  for (int y = 0; y < 35; y++) {
    for (int x = 0; x < 22; x++) {  // turned clockwise: what was left below is left above
      ASSERT_EQ(codes.image.row<std::uint16_t>(y)[3 * x], 16 * frame.data[(21 - x) * frame.stride + y]);
    }
  }
}

TEST_F(StageFolderTest, TheTableHasTrueValues) {
  RawFrame frame = reference::noisy_frame(CfaPattern::kRggb, {64, 48}, {}, [](int, int) { return 0.25f; });
  PipelineParams params;
  params.output.color = ColorSpace::kCamera;
  StageFolder folder(folder_);
  Pipeline(params).render(frame, balanced(), folder);
  const std::string table = folder.finish();
  // A quarter of saturation, to the nearest code of 16 bits, times the gains.
  for (const char* row : {"R      0.50001  0.50001  0.50001  light", "G      0.25000  0.25000  0.25000  light",
                          "B      0.37501  0.37501  0.37501  light", "G      22528.0  22528.0  22528.0  codes"}) {
    EXPECT_NE(table.find(row), std::string::npos) << row << " in\n" << table;
  }
}

TEST_F(StageFolderTest, AFolderWithSomethingInItIsLeftAlone) {
  fs::create_directories(folder_);
  { StageFolder fresh(folder_); }
  std::ofstream(folder_ / "old.png") << "old";
  EXPECT_THROW(StageFolder{folder_}, Error);
  EXPECT_THROW(StageFolder{folder_ / "old.png"}, Error);
  EXPECT_EQ(names(), std::set<std::string>{"old.png"});
}

}  // namespace
}  // namespace argent
