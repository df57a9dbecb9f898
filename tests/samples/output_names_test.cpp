#include "samples/output_names.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class OutputNamesTest : public ::testing::Test {
 protected:
  OutputNamesTest() : folder_(fs::path(::testing::TempDir()) / ("outputs_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "there");
    for (const char* name : {"a.CR2", "b.raw.gz", "taken.png", "input.tiff"}) std::ofstream(folder_ / name) << "x";
  }
  ~OutputNamesTest() override { fs::remove_all(folder_); }

  Inputs inputs(const std::vector<const char*>& names) const {
    Inputs inputs;
    for (const char* name : names) inputs.files.push_back(folder_ / name);
    inputs.may_be_several = names.size() > 1;
    return inputs;
  }
  std::string path(const std::string& name) const { return folder_.string() + "/" + name; }

  fs::path folder_;
};

TEST_F(OutputNamesTest, BesideTheInputByDefault) {
  const auto planned = plan_outputs(inputs({"a.CR2", "b.raw.gz"}), {});
  ASSERT_EQ(planned.size(), 2u);
  EXPECT_EQ(planned[0].file, folder_ / "a.png");
  EXPECT_EQ(planned[1].file, folder_ / "b.png");
  EXPECT_EQ(planned[0].problem + planned[1].problem, "");
}

TEST_F(OutputNamesTest, ExtensionOfOneFileSaysTheFormat) {
  const auto planned = plan_outputs(inputs({"a.CR2"}), {.output = path("x.jpg"), .format = {}});
  EXPECT_EQ(planned[0].file, folder_ / "x.jpg");
  EXPECT_EQ(planned[0].format, ImageFormat::kJpeg);
}

TEST_F(OutputNamesTest, FolderThatExistsOrEndsInASlashOrIsForSeveral) {
  EXPECT_EQ(plan_outputs(inputs({"a.CR2"}), {.output = path("there"), .format = {}})[0].file, folder_ / "there/a.png");
  EXPECT_EQ(plan_outputs(inputs({"a.CR2"}), {.output = path("new/"), .format = ImageFormat::kTiff})[0].file, folder_ / "new/a.tiff");
  EXPECT_TRUE(fs::is_directory(folder_ / "new"));
  EXPECT_EQ(plan_outputs(inputs({"a.CR2", "b.raw.gz"}), {.output = path("both"), .format = {}})[1].file, folder_ / "both/b.png");
}

TEST_F(OutputNamesTest, OneFileForSeveralIsRefused) {
  EXPECT_THROW(plan_outputs(inputs({"a.CR2", "b.raw.gz"}), {.output = path("x.png"), .format = {}}), UsageError);
}

TEST_F(OutputNamesTest, UnknownExtensionAndContradictionAreRefused) {
  EXPECT_THROW(plan_outputs(inputs({"a.CR2"}), {.output = path("x.webp"), .format = {}}), UsageError);
  EXPECT_THROW(plan_outputs(inputs({"a.CR2"}), {.output = path("x.png"), .format = ImageFormat::kJpeg}), UsageError);
  EXPECT_EQ(plan_outputs(inputs({"a.CR2"}), {.output = "-", .format = std::nullopt})[0].file, kStdout);
  EXPECT_EQ(plan_outputs(inputs({"a.CR2"}), {.output = "-", .format = std::nullopt})[0].format, ImageFormat::kY4m);
  EXPECT_THROW(plan_outputs(inputs({"a.CR2"}), {.output = "-", .format = ImageFormat::kPng}), UsageError);
  EXPECT_THROW(plan_outputs(inputs({"a.CR2", "b.CR2"}), {.output = "-", .format = std::nullopt}), UsageError);
}

TEST_F(OutputNamesTest, FolderThatCannotBeMadeIsAnError) {
  EXPECT_THROW(plan_outputs(inputs({"a.CR2"}), {.output = path("a.CR2/out/"), .format = {}}), Error);
  EXPECT_THROW(plan_outputs(inputs({"a.CR2"}), {.output = path("missing/x.png"), .format = {}}), Error);
}

TEST_F(OutputNamesTest, ExistingPictureIsKeptUnlessToldOtherwise) {
  OutputOptions options{.output = path("taken.png"), .format = {}};
  EXPECT_NE(plan_outputs(inputs({"a.CR2"}), options)[0].problem, "");
  options.overwrite = Overwrite::kYes;
  EXPECT_EQ(plan_outputs(inputs({"a.CR2"}), options)[0].problem, "");
}

TEST_F(OutputNamesTest, InputIsNeverReplaced) {
  const OutputOptions options{.output = path("there/../input.tiff"), .format = {}, .overwrite = Overwrite::kYes};
  EXPECT_NE(plan_outputs(inputs({"input.tiff"}), options)[0].problem.find("would replace the input"), std::string::npos);
}

TEST_F(OutputNamesTest, SecondInputOfOneNameIsRefused) {
  const auto planned = plan_outputs(inputs({"a.CR2", "a.dng"}), {});
  EXPECT_EQ(planned[0].problem, "");
  EXPECT_EQ(planned[1].problem, path("a.dng") + ": its picture " + path("a.png") + " is already that of " + path("a.CR2"));
}

}  // namespace
}  // namespace argent
