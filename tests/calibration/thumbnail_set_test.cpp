#include "calibration/evaluation/thumbnail_set.h"

#include <algorithm>
#include <cmath>

#include "aaa/cct_curve.h"
#include "tests/calibration/thumbnail_files.h"

namespace argent {
namespace {

constexpr const char* kMatrices =
    "{matrices: [{illuminant: 21, matrix: [0.8, -0.2, -0.1, -0.4, 1.2, 0.2, -0.05, 0.15, 0.7]}, "
    "{illuminant: 17, matrix: [0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.05, 0.15, 0.6]}]}\n";

class ThumbnailSets : public ThumbnailFolder {
 protected:
  void SetUp() override {
    ThumbnailFolder::SetUp();
    cameras(std::string("  one: ") + kMatrices);
    png("a.png", 16, 12, [](int, int) -> Rgb { return {20000, 40000, 10000}; });
    png("b.png", 16, 12, [](int, int) -> Rgb { return {30000, 40000, 10000}; });
  }
  void cameras(const std::string& text) const { write("cameras.yaml", "cameras:\n" + text); }
  ThumbnailSet set(const std::string& labels) const {
    write("labels.csv", labels);
    return ThumbnailSet(folder_);
  }
  std::string place(int line) const { return (folder_ / "labels.csv").string() + ":" + std::to_string(line) + ": "; }
};

TEST_F(ThumbnailSets, APictureCarriesItsLightAndItsCamera) {
  EXPECT_FALSE(ThumbnailSet::is_one(folder_));
  const ThumbnailSet two = set("lux,b,g,r,file,camera,kelvin\n120,1,2,1,a.png,one,4000\n,.5,1,.25,b.png,one,\n");
  EXPECT_TRUE(ThumbnailSet::is_one(folder_));
  EXPECT_TRUE(two.problems().empty());
  ASSERT_EQ(two.size(), 2u);
  const LabelledStatistics a = two.load(0), b = two.load(1);
  EXPECT_EQ(a.file + " " + a.sensor, "a.png one");
  EXPECT_EQ(a.kelvin, 4000);
  EXPECT_EQ(a.prior.lux, 120);
  EXPECT_EQ(b.kelvin, 0) << "not known";
  EXPECT_EQ(b.prior.lux, 0);
  EXPECT_NEAR((*a.light)[0], std::log(.5), 1e-6);
  EXPECT_NEAR((*b.light)[0], std::log(.25), 1e-6);
  EXPECT_NEAR((*b.light)[1], std::log(.5), 1e-6);
  EXPECT_EQ(a.statistics.columns, 16);
  // The matrices are sorted by temperature, whichever comes first.
  const std::vector<ColorMatrix> matrices{{2856, {.9f, -.3f, -.1f, -.4f, 1.2f, .2f, -.05f, .15f, .6f}},
                                          {6504, {.8f, -.2f, -.1f, -.4f, 1.2f, .2f, -.05f, .15f, .7f}}};
  const std::vector<CctPoint> curve = cct_curve_of(matrices);
  ASSERT_EQ(a.prior.curve.size(), curve.size());
  for (std::size_t i = 0; i < curve.size(); i++) EXPECT_NEAR(a.prior.curve[i].red, curve[i].red, .002);
}

TEST_F(ThumbnailSets, ABadLineIsNamedAndTheRestIsThere) {
  const std::string rows[] = {"a.png,one,nan,1,1",  "a.png,one,0,1,1",      "a.png,one,1,-1,1",        "a.png,one,1,1,inf",
                              "a.png,one,1,1,",     "a.png,one,1e999,1,1",  "a.png,one,1,1",           "a.png,one,1,1,1,1",
                              "../a.png,one,1,1,1", "/etc/a.png,one,1,1,1", "x/../../a.png,one,1,1,1", ",one,1,1,1",
                              "\"a.png,one,1,1,1",  "a.png,one,1x,1,1",     std::string(5000, 'a')};
  std::string labels = "file,camera,r,g,b\n";
  for (const std::string& row : rows) labels += row + "\n";
  const ThumbnailSet one = set(labels + "b.png,one,1,1,1\n");
  EXPECT_EQ(one.size(), 1u);
  EXPECT_EQ(one.load(0).file, "b.png");
  ASSERT_EQ(one.problems().size(), std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); i++) {
    EXPECT_TRUE(one.problems()[i].starts_with(place(static_cast<int>(i) + 2))) << one.problems()[i];
  }
  EXPECT_NE(one.problems()[0].find("r = \"nan\", expected a positive number"), std::string::npos);
  EXPECT_NE(one.problems()[8].find("expected a path below the folder"), std::string::npos);
}

TEST_F(ThumbnailSets, AFileHasOneLine) {
  const ThumbnailSet one = set("file,camera,r,g,b\na.png,one,1,1,1\nb.png,one,1,1,1\n./a.png,one,2,1,1\n");
  EXPECT_EQ(one.size(), 2u);
  ASSERT_EQ(one.problems().size(), 1u);
  EXPECT_NE(one.problems()[0].find(place(4) + "file \"./a.png\" is in " + place(2).substr(0, place(2).size() - 2)), std::string::npos)
      << one.problems()[0];
}

TEST_F(ThumbnailSets, ABadPictureNamesItsLine) {
  write("bad.png", "no picture");
  const ThumbnailSet three = set("file,camera,r,g,b\nbad.png,one,1,1,1\nnone.png,one,1,1,1\na.png,one,1,1,1\n");
  ASSERT_EQ(three.size(), 3u);
  EXPECT_TRUE(refusal([&] { three.load(0); }).starts_with(place(2) + (folder_ / "bad.png").string()));
  EXPECT_NE(refusal([&] { three.load(1); }).find("none.png: no such file"), std::string::npos);
  EXPECT_EQ(refusal([&] { three.load(2); }), "");
}

TEST_F(ThumbnailSets, KelvinAndLuxAreKnownOrNot) {
  const ThumbnailSet some = set("file,camera,r,g,b,kelvin,lux\na.png,one,1,1,1,0,0\nb.png,one,1,1,1,200,\nc.png,one,1,1,1,,-5\n");
  EXPECT_EQ(some.size(), 1u);
  ASSERT_EQ(some.problems().size(), 2u);
  EXPECT_NE(some.problems()[0].find("kelvin = \"200\", expected 1000 to 100000, or nothing"), std::string::npos) << "mired, perhaps";
  EXPECT_NE(some.problems()[1].find("lux = \"-5\""), std::string::npos);
}

TEST_F(ThumbnailSets, TablesThatAreNone) {
  EXPECT_NE(refusal([&] { set("file,camera,g,b\na.png,one,1,1\n"); }).find(place(1) + "no column r"), std::string::npos);
  EXPECT_NE(refusal([&] { set("file,camera,r,r,g,b\n"); }).find("the column r is there twice"), std::string::npos);
  EXPECT_NE(refusal([&] { set(""); }).find("labels.csv: is empty"), std::string::npos);
  EXPECT_NE(refusal([&] { set("file,camera,r,g,b\n"); }).find("names no picture"), std::string::npos);
  write("cameras.yaml", "lenses: {}");
  EXPECT_NE(refusal([&] { set("file,camera,r,g,b\na.png,one,1,1,1\n"); }).find("has no cameras"), std::string::npos);
  std::filesystem::remove(folder_ / "cameras.yaml");
  EXPECT_NE(refusal([&] { set("file,camera,r,g,b\na.png,one,1,1,1\n"); }).find("cameras.yaml"), std::string::npos);
}

TEST_F(ThumbnailSets, CamerasAreCheckedOneByOne) {
  const std::pair<const char*, const char*> bad[] = {
      {"{}", "has no matrices"},
      {"{matrices: []}", "0 matrices, expected one or two"},
      {"{matrices: 5}", "matrices: expected a list"},
      {"{matrices: [{matrix: [1,0,0,0,1,0,0,0,1]}]}", "has no illuminant"},
      {"{matrices: [{illuminant: 0, matrix: [1,0,0,0,1,0,0,0,1]}]}", "illuminant \"0\""},
      {"{matrices: [{illuminant: 21, matrix: [1,0,0,0,1,0,0,0]}]}", "matrix of 8 numbers, expected 9"},
      {"{matrices: [{illuminant: 21, matrix: [1,0,0,0,nan,0,0,0,1]}]}", "\"nan\", expected a number"},
      {"{matrices: [{illuminant: 21, matrix: [1,1,1,1,1,1,1,1,1]}]}", "singular"},
      {"{matrices: [{illuminant: 21, matrix: [-1,0,0,0,1,0,0,0,1]}]}", "no positive response"},
      {"{matrices: [{illuminant: 21, matrix: [1,0,0,0,1,0,0,0,1]}, {illuminant: 21, matrix: [1,0,0,0,1,0,0,0,1]}]}",
       "two matrices for a light of 6504 K"},
  };
  for (const auto& [text, told] : bad) {
    cameras(std::string("  one: ") + kMatrices + "  two: " + text + "\n");
    const ThumbnailSet one = set("file,camera,r,g,b\na.png,one,1,1,1\nb.png,two,1,1,1\nc.png,two,1,1,1\nd.png,three,1,1,1\n");
    EXPECT_EQ(one.size(), 1u);
    ASSERT_EQ(one.problems().size(), 3u) << text;
    EXPECT_NE(one.problems()[0].find(told), std::string::npos) << one.problems()[0];
    EXPECT_NE(one.problems()[0].find("cameras.yaml:3"), std::string::npos) << one.problems()[0];
    EXPECT_NE(one.problems()[1].find("1 pictures of the camera \"three\", which cameras.yaml doesn't have"), std::string::npos);
    EXPECT_NE(one.problems()[2].find("2 pictures of the camera \"two\", which cameras.yaml has no matrices for"), std::string::npos);
  }
  cameras("  one: {matrices: [{illuminant: 21, matrix: [1,0,0,0,1,0,0,0,1]}]}\n");
  EXPECT_TRUE(set("file,camera,r,g,b\na.png,one,1,1,1\n").problems().empty()) << "one matrix will do";
  cameras(std::string("  one: ") + kMatrices + "  one: " + kMatrices);
  EXPECT_NE(refusal([&] { set("file,camera,r,g,b\na.png,one,1,1,1\n"); }).find("one"), std::string::npos);
}

TEST_F(ThumbnailSets, ManyBadLinesAreCounted) {
  std::string labels = "file,camera,r,g,b\n";
  for (int i = 0; i < 3000; i++) labels += "bad\n";
  const ThumbnailSet one = set(labels + "a.png,one,1,1,1\n");
  EXPECT_EQ(one.size(), 1u);
  ASSERT_EQ(one.problems().size(), 1001u);
  EXPECT_NE(one.problems().back().find("2000 more lines"), std::string::npos);
}

}  // namespace
}  // namespace argent
