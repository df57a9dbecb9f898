#include "samples/label/label_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "models/runtime/buffer_pool.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr Mat3 kOne{1, 0, 0, 0, 1, 0, 0, 0, 1}, kOther{0.9f, -0.2f, 0, -0.3f, 1.2f, 0.1f, 0, 0.2f, 0.5f};

class LabelSetTest : public testing::Test {
 protected:
  LabelSetTest()
      : folder_(fs::path(testing::TempDir()) / ("labels_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~LabelSetTest() override { fs::remove_all(folder_); }

  Image thumbnail() {
    Image image(pool_, {16, 12}, PixelType::kU16, Encoding::kLinear, ColorSpace::kCamera);
    for (int y = 0; y < 12; y++) std::fill_n(image.row<std::uint16_t>(y), 48, std::uint16_t{1000});
    return image;
  }
  static CaptureLabel label(const std::string& camera) { return {camera, {std::log(0.5f), std::log(0.625f)}, 0.01f, 5000, 120, "chart"}; }
  void write(const char* name, const std::string& text) const { std::ofstream(folder_ / "out" / name) << text; }
  std::string read(const char* name) const {
    std::ifstream stream(folder_ / "out" / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  LabelSet open(Overwrite overwrite = Overwrite::kNo) const { return LabelSet(folder_ / "out", overwrite); }

  BufferPool pool_;
  fs::path folder_;
};

TEST_F(LabelSetTest, WhatIsAddedIsThereTheNextTime) {
  {
    LabelSet set(folder_ / "out", Overwrite::kNo);
    set.add(folder_ / "a.raw.gz", label("one"), {{21, kOther}}, thumbnail());
    set.add(folder_ / "b, \"c\".dng", label("a, \"b\": #c"), {{17, kOne}, {21, kOther}}, thumbnail());
    EXPECT_TRUE(set.has(folder_ / "a.raw.gz"));
  }
  LabelSet set(folder_ / "out", Overwrite::kNo);
  EXPECT_TRUE(set.has(folder_ / "a.raw.gz"));
  EXPECT_TRUE(set.has(folder_ / "x/../a.raw.gz")) << "the same capture, called otherwise";
  EXPECT_TRUE(set.has(folder_ / "b, \"c\".dng"));
  EXPECT_FALSE(set.has(folder_ / "d.dng"));
  EXPECT_EQ(set.matrices_of("one"), (std::map<int, Mat3>{{21, kOther}}));
  EXPECT_EQ(set.matrices_of("a, \"b\": #c"), (std::map<int, Mat3>{{17, kOne}, {21, kOther}}));
  EXPECT_TRUE(set.matrices_of("none").empty());
  EXPECT_EQ(read("labels.csv"),
            "file,camera,r,g,b,kelvin,lux,source,deviation,capture\n"
            "a.png,one,0.5,1,0.625,5000,120,chart,0.01,../a.raw.gz\n"
            "\"b, \"\"c\"\".png\",\"a, \"\"b\"\": #c\",0.5,1,0.625,5000,120,chart,0.01,\"../b, \"\"c\"\".dng\"\n");
  EXPECT_TRUE(fs::exists(folder_ / "out/a.png"));
}

TEST_F(LabelSetTest, ALineWithoutItsPictureIsNoLabelYet) {
  LabelSet set(folder_ / "out", Overwrite::kNo);
  set.add(folder_ / "a.raw", label("one"), {{21, kOther}}, thumbnail());
  fs::remove(folder_ / "out/a.png");  // as after an interruption between the two
  EXPECT_FALSE(set.has(folder_ / "a.raw"));
  CaptureLabel better = label("one");
  better.kelvin = 6000;
  set.add(folder_ / "a.raw", better, {{21, kOther}}, thumbnail());
  EXPECT_TRUE(set.has(folder_ / "a.raw"));
  EXPECT_EQ(read("labels.csv").find("5000"), std::string::npos) << "the line was replaced";
  EXPECT_NE(read("labels.csv").find("6000"), std::string::npos);
}

TEST_F(LabelSetTest, ACaptureOfTheSameNameIsAnother) {
  LabelSet set(folder_ / "out", Overwrite::kNo);
  set.add(folder_ / "a.raw", label("one"), {{21, kOther}}, thumbnail());
  EXPECT_THROW(set.has(folder_ / "elsewhere/a.raw"), Error);
  EXPECT_THROW(set.has(folder_ / "a.dng"), Error);
}

TEST_F(LabelSetTest, SomebodyElsesPictureStays) {
  fs::create_directories(folder_ / "out");
  write("a.png", "mine");
  {
    LabelSet set(folder_ / "out", Overwrite::kNo);
    EXPECT_THROW(set.add(folder_ / "a.raw", label("one"), {{21, kOther}}, thumbnail()), Error);
    EXPECT_EQ(read("a.png"), "mine");
    EXPECT_EQ(read("labels.csv"), "");
  }
  LabelSet(folder_ / "out", Overwrite::kYes).add(folder_ / "a.raw", label("one"), {{21, kOther}}, thumbnail());
  EXPECT_NE(read("a.png"), "mine");
}

TEST_F(LabelSetTest, OneWriterAtATime) {
  const LabelSet set(folder_ / "out", Overwrite::kNo);
  EXPECT_THROW(open(), Error);
}

TEST_F(LabelSetTest, RefusesTablesThatAreNotItsOwn) {
  fs::create_directories(folder_ / "out");
  for (const char* text : {"file,camera,r,g,b\n", "\n", "file,camera,r,g,b,kelvin,lux,source,deviation,capture\na.png,one\n"}) {
    write("labels.csv", text);
    EXPECT_THROW(open(), Error) << text;
    EXPECT_EQ(read("labels.csv"), text) << "left as it was";
  }
  fs::remove(folder_ / "out/labels.csv");
  for (const char* text :
       {"cameras: 3\n", "camera: {}\n", "cameras: {a: {matrices: []}}\n", "cameras: {a: {matrices: [{illuminant: 21}]}}\n",
        "cameras: {a: {matrices: [{illuminant: 99, matrix: [1,0,0,0,1,0,0,0,1]}]}}\n",
        "cameras: {a: {matrices: [{illuminant: 21, matrix: [1,0,0,0,1,0,0,0,0]}]}}\n",
        "cameras: {a: {matrices: [{illuminant: 21, matrix: [1,0,0,0,1,0,0,0,nan]}]}}\n", "cameras: [\n"}) {
    write("cameras.yaml", text);
    EXPECT_THROW(open(), Error) << text;
  }
}

TEST_F(LabelSetTest, RefusesNamesThatWouldBreakALine) {
  LabelSet set(folder_ / "out", Overwrite::kNo);
  EXPECT_THROW(set.add(folder_ / "a.raw", label("one\ntwo"), {{21, kOther}}, thumbnail()), Error);
  EXPECT_THROW(set.add(folder_ / "a\nb.raw", label("one"), {{21, kOther}}, thumbnail()), Error);
  EXPECT_THROW(set.add(folder_ / "a.raw", label(""), {{21, kOther}}, thumbnail()), Error);
  EXPECT_EQ(read("labels.csv"), "");
}

TEST(CalibrationMatrices, AreTheCamerasOwnWhereTheyAreForSuchLights) {
  const std::vector<ColorMatrix> two{{2856, kOne}, {6504, kOther}};
  EXPECT_EQ(calibration_matrices(two), (std::map<int, Mat3>{{17, kOne}, {21, kOther}}));
  const std::vector<ColorMatrix> back = color_matrices(calibration_matrices(two));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].cct, 2856);
  EXPECT_EQ(back[1].xyz_to_camera, kOther);
  EXPECT_TRUE(calibration_matrices({}).empty());
  EXPECT_EQ(calibration_matrices(std::vector<ColorMatrix>{{4321, kOther}}), (std::map<int, Mat3>{{21, kOther}})) << "one serves all lights";
}

TEST(CalibrationMatrices, ManyAreReadAtAAndD65) {
  const std::vector<ColorMatrix> many{{2500, kOne}, {4000, kOther}, {7000, kOne}};
  const auto out = calibration_matrices(many);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out.at(17), xyz_to_camera_at(many, 2856));
  EXPECT_EQ(out.at(21), xyz_to_camera_at(many, 6504));
}

}  // namespace
}  // namespace argent
