#include "isp/io/xmp_packet.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(XmpPacket, HoldsPropertiesInTheirNamespaces) {
  const std::string packet =
      xmp_packet(std::vector<XmpProperty>{{"xmp:CreatorTool", "Argent"}, {"argent:Parameters", std::vector<std::string>{"a=1", "b=2"}}});
  EXPECT_TRUE(packet.starts_with("<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"));
  EXPECT_TRUE(packet.ends_with("<?xpacket end=\"r\"?>"));
  EXPECT_NE(packet.find("<xmp:CreatorTool>Argent</xmp:CreatorTool>"), std::string::npos);
  EXPECT_NE(packet.find("<rdf:li>a=1</rdf:li>\n     <rdf:li>b=2</rdf:li>"), std::string::npos);
  EXPECT_NE(packet.find("xmlns:argent=\"urn:argent:xmp:1#\""), std::string::npos);
  EXPECT_EQ(packet.find("xmlns:dc="), std::string::npos) << "only what is used is declared";
}

std::string value_of(const std::string& text) {
  const std::string packet = xmp_packet(std::vector<XmpProperty>{{"dc:source", text}});
  const std::size_t from = packet.find("<dc:source>") + 11;
  return packet.substr(from, packet.find("</dc:source>") - from);
}

TEST(XmpPacket, EscapesWhatXmlMeans) {
  EXPECT_EQ(value_of("a<b>&\"c\"'"), "a&lt;b&gt;&amp;&quot;c&quot;'");
  EXPECT_EQ(value_of("]]><?xpacket end"), "]]&gt;&lt;?xpacket end");
  EXPECT_EQ(value_of("a\rb"), "a&#xD;b");
  EXPECT_EQ(value_of("gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\xb7"), "gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\xb7");
}

TEST(XmpPacket, ReplacesWhatXmlCannotHold) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(value_of(std::string("a\0b", 3)), "a" + bad + "b");
  EXPECT_EQ(value_of("\x1b[2J"), bad + "[2J");
  EXPECT_EQ(value_of("\xff"), bad);
  EXPECT_EQ(value_of("\xc0\x80"), bad + bad) << "an overlong zero";
  EXPECT_EQ(value_of("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(value_of("\xef\xbf\xbf"), bad + bad + bad) << "U+FFFF";
  EXPECT_EQ(value_of("\xe2\x82"), bad + bad) << "cut off";
}

TEST(XmpPacket, NamesAreChecked) {
  for (const char* name : {"", "CreatorTool", "xmp:", "xmp:a b", "xmp:a>", "none:Name", ":Name"})
    EXPECT_THROW(xmp_packet(std::vector<XmpProperty>{{name, "x"}}), Error) << name;
}

}  // namespace
}  // namespace argent
