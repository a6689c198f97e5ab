#include "control/xcap/schemas/schemas.hpp"

namespace stirline::control::schemas {

const std::string_view kXcapCaps = R"xsd(<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xc="urn:ietf:params:xml:ns:xcap-caps"
           targetNamespace="urn:ietf:params:xml:ns:xcap-caps" elementFormDefault="qualified">

  <xs:element name="xcap-caps">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="auids">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="auid" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="extensions" minOccurs="0">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="extension" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="namespaces">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="namespace" type="xs:anyURI" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>
)xsd";

}  // namespace stirline::control::schemas
