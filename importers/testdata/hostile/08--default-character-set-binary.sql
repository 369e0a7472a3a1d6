/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: hostile
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES binary */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `t0 täble`
--

DROP TABLE IF EXISTS `t0 täble`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `t0 täble` (
  `n` int(11) NOT NULL,
  `x y 0` text CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `a.b 1` bigint(20) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `select 2` varchar(600) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `(x 3` decimal(20,6) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `x,y 4` varchar(600) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `(x 5` datetime DEFAULT NULL COMMENT 'it''s; a \\ comment',
  PRIMARY KEY (`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `t0 täble`
--

LOCK TABLES `t0 täble` WRITE;
/*!40000 ALTER TABLE `t0 täble` DISABLE KEYS */;
INSERT INTO `t0 täble` VALUES
(0,NULL,4756070060418258320,'é\'/*!40000 \"\\ı',NULL,'_ ÿ\'\'*/	\r\n',NULL),
(1,'#',NULL,'_\0',NULL,NULL,NULL),
(2,'DELIMITER ;;\n/*!40000 \\_\\_\'\'NULL_#',703883706864206817,NULL,-279368318.280026,'_\\_ \0NULL🦊\"\"é €','2026-11-21 19:13:03'),
(3,'0x41	NULL\"\"�NULL%\0),(',-5921798571177235822,'NULL*/#/*!40000 \n',-1071132166.838229,'-- Dump completed onNULL','2026-11-21 19:13:06'),
(4,'	\"\"\"\"*/;',6921091184454039686,'\\_	/*\\\\\'\"ÿ\0*/;',-169673611.409291,'NULL	 ́DELIMITER ;;\n;山','2026-11-21 19:13:19'),
(5,NULL,9118951156064156242,'\Z\"\"*/#x 	',NULL,'ı\\%','2026-11-21 19:13:21'),
(6,'*/;NULL-- \n',8554444402993960742,'NULL#\r\n#́`🦊\Z',-487778277.335715,NULL,'2026-11-21 19:13:39'),
(7,NULL,-4149547620502039718,'\\',-516973516.936822,'ı\'',NULL),
(8,'/*!40000 */;\'\'x`*/;#\\%*/;',-8712598860091807772,'́x_ı*/; ',107322422.228945,'\'-- Dump completed on),(	`',NULL),
(9,'\Z�\n\'\0\\\\\');\nINSERT INTO `t0` VALUES (1,\'\"\"#0x41',4038878212404215654,'_\";*/;\\%*/;\\ÿÿ',-490910607.116169,NULL,NULL),
(10,'NULL\Z*/\\%\'\n\0NULL',973845940418787168,';`/*!40000 ',1213474103.593066,'\"\"\'#\\_/*!40000 #0x410x41́','2026-11-21 19:13:05'),
(11,NULL,815414541297795680,'-- Dump completed onNULL\\/*ı',1565082144.877943,'\0\'	','2026-11-21 19:13:52'),
(12,'\\-- ',3132864660140681780,NULL,123929120.652532,'NULL	','2026-11-21 19:13:36'),
(13,'\\%/*!40000 \"\"',-7233312943778251496,'\\%́\\\\_`\'',517402495.343763,'\'\'ı`\\\\\'*/;-- ','2026-11-21 19:13:34'),
(14,'\'\'%NULL',4738626197587722171,'NULLé\'\'-- Dump completed on',-906309765.562385,'-- Dump completed onNULL);\nINSERT INTO `t0` VALUES (1,\'\"\"%\r\n\'*/;',NULL),
(15,' \\_\'-- Dump completed on',8535138233061732303,'	山\\\\\'\'-- Dump completed on\Z/*\\_ı🦊',1257129855.875727,'-- \\%€\Z\0','2026-11-21 19:13:54'),
(16,'\\�-- Dump completed on\0-- NULL);\nINSERT INTO `t0` VALUES (1,\'\"_\r\n\\',9012461833140234629,'ı-- \r\n\'ÿı€é',-9497518.951486,'\\\\\'%),(́NULL','2026-11-21 19:13:15'),
(17,';',6284413202675615824,'\"\n\0🦊🦊\'\'0x41\'\'-- Dump completed on);\nINSERT INTO `t0` VALUES (1,\'',2843067826.523620,NULL,'2026-11-21 19:13:32'),
(18,'xxDELIMITER ;;\n\"',7838835414887840001,'/*!40000 -- Dump completed on山);\nINSERT INTO `t0` VALUES (1,\'€ #\'\'*/\0*/',1278550118.421014,';€','2026-11-21 19:13:13'),
(19,'\"',189917386976693914,'\'́*/\0_',372912591.435076,NULL,NULL),
(20,'\Z);\nINSERT INTO `t0` VALUES (1,\'\r\n-- Dump completed on);\nINSERT INTO `t0` VALUES (1,\'',-3720743721904684252,'%\\\\\'',320279505.155945,' ','2026-11-21 19:13:16'),
(21,'\\_*/;',2445143668055639052,' \'',-322763056.753203,NULL,'2026-11-21 19:13:54'),
(22,'\0-- Dump completed on\\',-666358697574076655,'ı);\nINSERT INTO `t0` VALUES (1,\'\n),(\\%€\\%	;',884246826.107188,'_x`','2026-11-21 19:13:30'),
(23,'-- Dump completed on);\nINSERT INTO `t0` VALUES (1,\'',-4842164207229447447,'0x41\\\\\'\0/*!40000 0x41',1586063557.814909,NULL,'2026-11-21 19:13:09'),
(24,'\0#',NULL,'#',-348414492.194431,'x\r\ń\\_0x41 \'','2026-11-21 19:13:30');
/*!40000 ALTER TABLE `t0 täble` ENABLE KEYS */;
UNLOCK TABLES;
/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET @saved_cs_results     = @@character_set_results */ ;
/*!50003 SET @saved_col_connection = @@collation_connection */ ;
/*!50003 SET character_set_client  = utf8mb4 */ ;
/*!50003 SET character_set_results = utf8mb4 */ ;
/*!50003 SET collation_connection  = utf8mb4_general_ci */ ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'NO_AUTO_VALUE_ON_ZERO' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER tr BEFORE INSERT ON `t0 täble` FOR EACH ROW SET @x = 'it''s; /*!40000 */ -- DELIMITER ;;' 
*/;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;
/*!50003 SET character_set_results = @saved_cs_results */ ;
/*!50003 SET collation_connection  = @saved_col_connection */ ;

--
-- Table structure for table `t1 表`
--

DROP TABLE IF EXISTS `t1 表`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `t1 表` (
  `n` int(11) NOT NULL,
  `KEY 0` longblob DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `-- x 1` text CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `VALUES 2` varchar(600) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  PRIMARY KEY (`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `t1 表`
--

LOCK TABLES `t1 表` WRITE;
/*!40000 ALTER TABLE `t1 表` DISABLE KEYS */;
INSERT INTO `t1 表` VALUES
(0,NULL,'\'\'*/','*/ ́́\"),();\nINSERT INTO `t0` VALUES (1,\''),
(1,'5����5�5','\'\'0x41  \\-- Dump completed on',''),
(2,'-- \0\"\";\"\"éé`	\"','\\%','-- Dump completed onDELIMITER ;;\n);\nINSERT INTO `t0` VALUES (1,\'山;\r\n\\_*/;🦊-- Dump completed on*/;'),
(3,'	-- Dump completed on-- Dump completed oné# ','\"0x41\0\"`','\'🦊\\_*/'),
(4,'x ÿ`\\#DELIMITER ;;\n/*),( \\','0x41*/\'\\\\\'\0_\\\\\'\\\\\'\0','\Z\n\r\n/*	é),(́\'*/é'),
(5,'N�	��V��x��,���\\�|�-h�@��R[Y�+�o��8','�\0\'\';),(),(#','€'),
(6,'���p�\nО!4Ȯ.4Np$�F�ˈ���Ã*�j�\",>+kQNG����5�.��','','\'éx\\'),
(7,'#);\nINSERT INTO `t0` VALUES (1,\');\nINSERT INTO `t0` VALUES (1,\'),(\\','/*\'\'\r\n\'\');\nINSERT INTO `t0` VALUES (1,\'\0  ;',NULL),
(8,'','\\_NULL\\-- Dump completed on`�_\n	','/*NULL# ıé/*\'\''),
(9,'Li��܍A�}��E�|','\\_*/\'',NULL),
(10,'ı/*-- \\%́),(\\\\\'́%_','DELIMITER ;;\n*/;�\\\\\'\'\\_','	`0x41-- \'\Z'),
(11,'xı	\\','\Z-- DELIMITER ;;\n#x�NULL%);\nINSERT INTO `t0` VALUES (1,\'','	'),
(12,'7�{�\n#F�� �8�2P�IU����K�','*/;\"\"\Z/*\0`�\\\\\'\0','NULL🦊/*!40000 🦊0x41\"\"€*/;'),
(13,'/*!40000 x',';\r\n#;	\n�',';/*!40000 */;);\nINSERT INTO `t0` VALUES (1,\';'),
(14,NULL,NULL,'-- -- \n	€ÿ);\nINSERT INTO `t0` VALUES (1,\' '),
(15,'/*`́',NULL,'ÿ%%/*!40000 \''),
(16,';🦊\\%ı\'\'山\r\n\n),(\0\'\'','\\_\'\'\'\'-- Dump completed on*/�-- \\_#0x41x',NULL),
(17,';NULL🦊),(€x','','\\_-- ÿ);\nINSERT INTO `t0` VALUES (1,\'\"\"'),
(18,'!��X��/��E7!�KVEgbd�����ԇN�Fjj-���-�','�\0-- ','\\\\\'\\\Z山\\'),
(19,'RB���(Z��YΈ�r��v3�T�',NULL,'`é;́'),
(20,'I���h�3S<�/wa�','','\0/*!40000 x*/_\r\n\"0x41'),
(21,'🦊_NULL\0éNULLıı\Z\'\'é','\ZNULLx/*\"\"-- Dump completed on','é),(),(),(\\€),();\nINSERT INTO `t0` VALUES (1,\'NULL/*'),
(22,'€🦊\"\"\\\\\'','	`-- Dump completed on`0x41','ÿ'),
(23,'',NULL,'山_\'\Z\\%/*!40000 é\'ÿ*/;\"\"');
/*!40000 ALTER TABLE `t1 表` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Temporary table structure for view `v`
--

DROP TABLE IF EXISTS `v`;
/*!50001 DROP VIEW IF EXISTS `v`*/;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8mb4;
/*!50001 CREATE VIEW `v` AS SELECT
 NULL AS `n` */;
SET character_set_client = @saved_cs_client;

--
-- Final view structure for view `v`
--

/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 SET @saved_cs_client          = @@character_set_client */;
/*!50001 SET @saved_cs_results         = @@character_set_results */;
/*!50001 SET @saved_col_connection     = @@collation_connection */;
/*!50001 SET character_set_client      = utf8mb4 */;
/*!50001 SET character_set_results     = utf8mb4 */;
/*!50001 SET collation_connection      = utf8mb4_general_ci */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select `t0 täble`.`n` AS `n` from `t0 täble` */;
/*!50001 SET character_set_client      = @saved_cs_client */;
/*!50001 SET character_set_results     = @saved_cs_results */;
/*!50001 SET collation_connection      = @saved_col_connection */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-21 22:05:54
