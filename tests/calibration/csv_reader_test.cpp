#include "calibration/evaluation/csv_reader.h"

#include "tests/calibration/thumbnail_files.h"

namespace argent {
namespace {

class Csv : public ThumbnailFolder {};

using Cells = std::vector<std::string>;

TEST_F(Csv, CellsAreWhatStandsBetweenCommas) {
  CsvReader reader(write("a.csv",
                         "\xef\xbb\xbf"
                         "file, r ,g\r\n\r\n\"a, \"\"b\"\"\" ,1,\n,,\nlast"));
  EXPECT_EQ(reader.next(), (Cells{"file", "r", "g"}));
  EXPECT_EQ(reader.next(), (Cells{"a, \"b\"", "1", ""}));
  EXPECT_EQ(reader.place(), (folder_ / "a.csv").string() + ":3") << "an empty line counts";
  EXPECT_EQ(reader.next(), (Cells{"", "", ""}));
  EXPECT_EQ(reader.next(), (Cells{"last"}));
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST_F(Csv, ALineThatIsNoneDoesNotHideTheNext) {
  const std::string longest(CsvReader::kLongestLine, 'x');
  CsvReader reader(write("a.csv", longest + "\n" + longest + "x\n\"open\n\"a\"b,c\n1,2"));
  EXPECT_EQ(reader.next()->front().size(), longest.size());
  EXPECT_NE(refusal([&] { reader.next(); }).find("a.csv:2: a line of more than 4096 bytes"), std::string::npos);
  EXPECT_NE(refusal([&] { reader.next(); }).find("a.csv:3: a quote"), std::string::npos);
  EXPECT_NE(refusal([&] { reader.next(); }).find("a.csv:4: a quote"), std::string::npos);
  EXPECT_EQ(reader.next(), (Cells{"1", "2"}));
}

TEST_F(Csv, OnlyPlainFilesAreRead) {
  EXPECT_NE(refusal([&] { CsvReader reader(folder_); }).find("no such file"), std::string::npos);
  EXPECT_NE(refusal([&] { CsvReader reader(folder_ / "none"); }).find("no such file"), std::string::npos);
  CsvReader empty(write("empty.csv", ""));
  EXPECT_EQ(empty.next(), std::nullopt);
}

}  // namespace
}  // namespace argent
